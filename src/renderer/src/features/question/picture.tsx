/**
 * The question's picture as large as the window allows, with the patches of the chosen step over it. Browsers turn
 * it upright by its EXIF data, and so it was for the model.
 */
import { Center, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { CSSProperties } from 'react';
import type { Trace } from '../../../../shared/trace.ts';
import type { PatchMark } from './overlay-model.ts';
import { marksOfView } from './overlay-model.ts';
import { choiceOf, type PatchChoices } from './patch-choices.ts';
import { PatchOverlay } from './patch-overlay.tsx';
import classes from './picture.module.css';

export type PictureProps = Readonly<{
  imageUrl: string | null;
  trace: Trace | null;
  stepIndex: number | null;
  view: 'selected' | 'attention';
  /** One layer's attention instead of the stored mean. */
  attention: readonly number[] | null;
  /** Patches that a try forces or bans. */
  choices: PatchChoices | null;
  /** A patch was clicked, or Enter pressed on it; null: patches are only looked at. */
  onPatch: ((slot: number) => void) | null;
}>;

export function Picture({ imageUrl, trace, stepIndex, view, attention, choices, onPatch }: PictureProps) {
  const [hoveredSlot, setHoveredSlot] = useState<number | null>(null);
  const [natural, setNatural] = useState<Readonly<{ width: number; height: number }> | null>(null);
  const [broken, setBroken] = useState(false);
  const marks = useMemo(() => marksOfView(trace, stepIndex, view, attention), [trace, stepIndex, view, attention]);
  const geometry = trace?.image ?? null;
  if (imageUrl === null) return <Missing text="This question has no image." />;
  if (broken) {
    return (
      <Missing text="The image cannot be shown: it is damaged, or its dataset has moved. Open the dataset's folder again to find it." />
    );
  }

  const size = geometry === null ? natural : { width: geometry.sourceWidth, height: geometry.sourceHeight };
  const aspect = size === null ? 1 : size.width / size.height;
  const hovered = marks.findLast(({ slot }) => slot === hoveredSlot) ?? null;
  return (
    <>
      <div className={classes.stage}>
        <div className={classes.frame} style={shape(aspect)}>
          <img
            src={imageUrl}
            alt="The question's picture"
            className={classes.image}
            onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
              setNatural({ width: naturalWidth, height: naturalHeight })
            }
            onError={() => setBroken(true)}
          />
          {geometry === null || marks.length === 0 ? null : (
            <PatchOverlay
              geometry={geometry}
              marks={marks}
              view={view}
              label={describeMarks(marks, stepIndex, view)}
              hovered={hoveredSlot}
              choices={choices?.filter((choice) => choice.stepIndex === (stepIndex ?? 0)) ?? []}
              onHover={setHoveredSlot}
              onPatch={onPatch}
            />
          )}
        </div>
      </div>
      <Text size="xs" c="dimmed" ta="center" mih={20} mt={6} aria-live="polite">
        {hovered === null ? describePicture(trace) : describePatch(hovered, choices, stepIndex)}
      </Text>
    </>
  );
}

/** The picture's shape, for its frame's styles. */
function shape(aspect: number): CSSProperties & { '--aspect': number } {
  return { '--aspect': aspect };
}

function Missing({ text }: Readonly<{ text: string }>) {
  return (
    <Center className={classes.stage} mih={240}>
      <Text c="dimmed">{text}</Text>
    </Center>
  );
}

function describeMarks(marks: readonly PatchMark[], stepIndex: number | null, view: 'selected' | 'attention'): string {
  const where = stepIndex === null ? 'all latent steps' : `latent step ${String(stepIndex + 1)}`;
  if (view === 'attention') return `Attention over the image, ${where}`;
  const slots = marks.filter(({ role }) => role === 'selected').map(({ slot }) => slot);
  return `Patches selected at ${where}: ${slots.length === 0 ? 'none' : `slots ${slots.join(', ')}`}`;
}

function describePicture(trace: Trace | null): string {
  if (trace === null || trace.image === null) return '';
  const { sourceWidth, sourceHeight, resizedWidth, resizedHeight, gridRows, gridColumns } = trace.image;
  const slots = gridRows * gridColumns;
  return `${String(sourceWidth)} × ${String(sourceHeight)} px, fed as ${String(resizedWidth)} × ${String(resizedHeight)}: ${String(gridColumns)} × ${String(gridRows)} = ${String(slots)} slots`;
}

function describePatch(mark: PatchMark, choices: PatchChoices | null, stepShown: number | null): string {
  const { slot, rank, score, role, stepIndex } = mark;
  const place = `slot ${String(slot)}, step ${String(stepIndex + 1)}, attention ${score.toExponential(2)}`;
  const choice = choices === null ? undefined : choiceOf(choices, stepShown ?? 0, slot);
  const chosen = choice === undefined ? '' : `, ${choice.kind} in the try`;
  if (role === 'selected') return `${place}, rank ${String(rank ?? '?')} of the pool${chosen}`;
  return `${place}, ${role === 'pool' ? 'in the pool, not selected' : 'taken by an earlier step'}${chosen}`;
}
