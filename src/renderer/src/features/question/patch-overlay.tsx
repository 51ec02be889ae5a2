/**
 * The marks of a latent step as an SVG over the picture, in pixels of the original image. With the keyboard: focus
 * it, arrows go from patch to patch, Enter chooses (where patches can be chosen).
 */
import { memo, type KeyboardEvent } from 'react';
import type { ImageGeometry } from '../../../../shared/trace.ts';
import { slotBox } from '../../../../shared/trace.ts';
import { overlayColours, stepColour } from '../../app/palette.ts';
import type { PatchMark } from './overlay-model.ts';
import type { PatchChoice } from './patch-choices.ts';
import classes from './patch-overlay.module.css';

export type PatchOverlayProps = Readonly<{
  geometry: ImageGeometry;
  marks: readonly PatchMark[];
  view: 'selected' | 'attention';
  /** What is drawn, for people who do not see it. */
  label: string;
  /** The marks are of several steps: each selected patch wears the number of its own. */
  isNumbered: boolean;
  hovered: number | null;
  /** Forced and banned patches of the step. */
  choices: readonly PatchChoice[];
  onHover: (slot: number | null) => void;
  onPatch: ((slot: number) => void) | null;
}>;

export const PatchOverlay = memo(function PatchOverlay(props: PatchOverlayProps) {
  const { geometry, marks, view, label, isNumbered, hovered, choices, onHover, onPatch } = props;
  const { sourceWidth, sourceHeight } = geometry;
  // The hatching looks the same on a thumbnail and on a photograph.
  const hatchScale = Math.max(sourceWidth, sourceHeight) / 640;
  const moveOrChoose = (event: KeyboardEvent): void => {
    const next = slotAfterKey(geometry, hovered ?? 0, event.key);
    if (next !== null) onHover(next);
    else if ((event.key === 'Enter' || event.key === ' ') && hovered !== null && onPatch !== null) onPatch(hovered);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <svg
      className={classes.overlay}
      viewBox={`0 0 ${String(sourceWidth)} ${String(sourceHeight)}`}
      preserveAspectRatio="none"
      data-overlay={view}
      data-choosing={onPatch !== null}
      role="application"
      aria-roledescription="picture with patches"
      aria-label={`${label}. Arrow keys go from patch to patch${onPatch === null ? '' : ', Enter forces or bans'}.`}
      tabIndex={0}
      onKeyDown={moveOrChoose}
      onMouseLeave={() => onHover(null)}
      onBlur={() => onHover(null)}
    >
      <defs>
        <pattern
          id="used-hatch"
          width="8"
          height="8"
          patternUnits="userSpaceOnUse"
          patternTransform={`scale(${String(hatchScale)}) rotate(45)`}
        >
          <rect width="8" height="8" fill={overlayColours.used} fillOpacity="0.45" />
          <line x1="0" x2="0" y1="0" y2="8" stroke="#fff" strokeOpacity="0.25" strokeWidth="3" />
        </pattern>
      </defs>
      {marks.map((mark) => (
        <Mark
          key={`${String(mark.stepIndex)}-${String(mark.slot)}`}
          mark={mark}
          view={view}
          hovered={hovered === mark.slot}
          onHover={onHover}
          onPatch={onPatch}
        />
      ))}
      {isNumbered
        ? selectedOnes(marks).map((mark, _, selected) => (
            <StepNumber
              key={`${String(mark.stepIndex)}-${String(mark.slot)}`}
              mark={mark}
              place={placeInSlot(selected, mark)}
            />
          ))
        : null}
      {choices.map((choice) => (
        <ChoiceMark key={choice.slot} geometry={geometry} choice={choice} />
      ))}
    </svg>
  );
});

/** The slot that an arrow key leads to inside the grid; null for other keys. */
function slotAfterKey({ gridRows, gridColumns }: ImageGeometry, slot: number, key: string): number | null {
  const row = Math.floor(slot / gridColumns);
  const column = slot % gridColumns;
  if (key === 'ArrowRight') return row * gridColumns + Math.min(gridColumns - 1, column + 1);
  if (key === 'ArrowLeft') return row * gridColumns + Math.max(0, column - 1);
  if (key === 'ArrowDown') return Math.min(gridRows - 1, row + 1) * gridColumns + column;
  if (key === 'ArrowUp') return Math.max(0, row - 1) * gridColumns + column;
  return null;
}

type MarkProps = Readonly<{
  mark: PatchMark;
  view: 'selected' | 'attention';
  hovered: boolean;
  onHover: (slot: number | null) => void;
  onPatch: ((slot: number) => void) | null;
}>;

function Mark({ mark, view, hovered, onHover, onPatch }: MarkProps) {
  const { box, role, slot, stepIndex } = mark;
  return (
    <>
      {/* A dark line around the coloured one: it is seen over light and dark pictures alike. */}
      {role === 'selected' && view === 'selected' ? <rect {...box} className={classes.halo} /> : null}
      <rect
        {...box}
        {...paint(mark, view)}
        className={classes[hovered ? 'hovered' : role]}
        data-slot={slot}
        data-step={stepIndex}
        data-role={role}
        onMouseEnter={() => onHover(slot)}
        {...(onPatch === null ? {} : { onClick: () => onPatch(slot) })}
      />
    </>
  );
}

const selectedOnes = (marks: readonly PatchMark[]): PatchMark[] => marks.filter(({ role }) => role === 'selected');

/** Numbers of a slot that several steps took stand side by side, three in a row. */
const placeInSlot = (selected: readonly PatchMark[], { slot, stepIndex }: PatchMark): number =>
  selected.filter((mark) => mark.slot === slot && mark.stepIndex < stepIndex).length;

/** In the corner of its patch. */
function StepNumber({ mark: { box, stepIndex }, place }: Readonly<{ mark: PatchMark; place: number }>) {
  const size = 0.36 * Math.min(box.width, box.height);
  return (
    <text
      className={classes.number}
      x={box.x + 0.12 * size + (0.06 + 0.29 * (place % 3)) * box.width}
      y={box.y + (1 + 0.9 * Math.floor(place / 3)) * size}
      fontSize={size}
      strokeWidth={size / 6}
      aria-hidden="true"
    >
      {stepIndex + 1}
    </text>
  );
}

/** A forced patch wears a tick, a banned one a cross: shapes, not only colours. */
function ChoiceMark({ geometry, choice }: Readonly<{ geometry: ImageGeometry; choice: PatchChoice }>) {
  const { x, y, width, height } = slotBox(geometry, choice.slot);
  const path =
    choice.kind === 'forced'
      ? `M${String(x + 0.2 * width)} ${String(y + 0.55 * height)} L${String(x + 0.42 * width)} ${String(y + 0.78 * height)} L${String(x + 0.82 * width)} ${String(y + 0.25 * height)}`
      : `M${String(x + 0.2 * width)} ${String(y + 0.2 * height)} L${String(x + 0.8 * width)} ${String(y + 0.8 * height)} M${String(x + 0.8 * width)} ${String(y + 0.2 * height)} L${String(x + 0.2 * width)} ${String(y + 0.8 * height)}`;
  return (
    <g className={classes.choice} data-choice={choice.kind} data-choice-slot={choice.slot}>
      <path d={path} stroke="#000" strokeWidth="7" />
      <path d={path} stroke={overlayColours[choice.kind]} strokeWidth="3.5" />
    </g>
  );
}

function paint({ role, stepIndex, strength }: PatchMark, view: 'selected' | 'attention') {
  if (view === 'attention') return { fill: overlayColours.attention, fillOpacity: 0.75 * strength, stroke: 'none' };
  if (role === 'used') return { fill: 'url(#used-hatch)', stroke: 'none' };
  if (role === 'pool') return { fill: 'transparent', stroke: overlayColours.pool, strokeOpacity: 0.7 };
  const colour = stepColour(stepIndex);
  return { fill: colour, fillOpacity: 0.08 + 0.42 * strength, stroke: colour };
}
