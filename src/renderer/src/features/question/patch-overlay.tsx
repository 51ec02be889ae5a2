/** The marks of a latent step as an SVG over the picture, in pixels of the original image. */
import { memo } from 'react';
import type { ImageGeometry } from '../../../../shared/trace.ts';
import { stepColour } from '../../app/palette.ts';
import type { PatchMark } from './overlay-model.ts';
import classes from './patch-overlay.module.css';

export type PatchOverlayProps = Readonly<{
  geometry: ImageGeometry;
  marks: readonly PatchMark[];
  view: 'selected' | 'attention';
  hovered: number | null;
  onHover: (mark: PatchMark | null) => void;
}>;

export const PatchOverlay = memo(function PatchOverlay({ geometry, marks, view, hovered, onHover }: PatchOverlayProps) {
  const { sourceWidth, sourceHeight } = geometry;
  // The hatching looks the same on a thumbnail and on a photograph.
  const hatchScale = Math.max(sourceWidth, sourceHeight) / 640;
  return (
    <svg
      className={classes.overlay}
      viewBox={`0 0 ${String(sourceWidth)} ${String(sourceHeight)}`}
      preserveAspectRatio="none"
      data-overlay={view}
      onMouseLeave={() => onHover(null)}
    >
      <defs>
        <pattern
          id="used-hatch"
          width="8"
          height="8"
          patternUnits="userSpaceOnUse"
          patternTransform={`scale(${String(hatchScale)}) rotate(45)`}
        >
          <rect width="8" height="8" fill="#101018" fillOpacity="0.45" />
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
        />
      ))}
    </svg>
  );
});

type MarkProps = Readonly<{
  mark: PatchMark;
  view: 'selected' | 'attention';
  hovered: boolean;
  onHover: (mark: PatchMark | null) => void;
}>;

function Mark({ mark, view, hovered, onHover }: MarkProps) {
  const { box, role, slot, stepIndex } = mark;
  return (
    <rect
      {...box}
      {...paint(mark, view)}
      className={classes[hovered ? 'hovered' : role]}
      data-slot={slot}
      data-step={stepIndex}
      data-role={role}
      onMouseEnter={() => onHover(mark)}
    />
  );
}

function paint({ role, stepIndex, strength }: PatchMark, view: 'selected' | 'attention') {
  if (view === 'attention') return { fill: '#e6194b', fillOpacity: 0.75 * strength, stroke: 'none' };
  if (role === 'used') return { fill: 'url(#used-hatch)', stroke: 'none' };
  if (role === 'pool') return { fill: 'transparent', stroke: '#808080', strokeOpacity: 0.7 };
  const colour = stepColour(stepIndex);
  return { fill: colour, fillOpacity: 0.08 + 0.42 * strength, stroke: colour };
}
