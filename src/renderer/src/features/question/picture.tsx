/**
 * The question's picture as large as the window allows, with the patches of the chosen step over it. Browsers turn
 * it upright by its EXIF data, and so it was for the model.
 */
import { Center, Text } from '@mantine/core';
import { useState } from 'react';
import type { CSSProperties } from 'react';
import type { Trace } from '../../../../shared/trace.ts';
import type { PatchMark } from './overlay-model.ts';
import { marksOfView } from './overlay-model.ts';
import { PatchOverlay } from './patch-overlay.tsx';
import classes from './picture.module.css';

export type PictureProps = Readonly<{
  imageUrl: string | null;
  trace: Trace | null;
  stepIndex: number | null;
  view: 'selected' | 'attention';
}>;

export function Picture({ imageUrl, trace, stepIndex, view }: PictureProps) {
  const [hovered, setHovered] = useState<PatchMark | null>(null);
  const [natural, setNatural] = useState<Readonly<{ width: number; height: number }> | null>(null);
  const [broken, setBroken] = useState(false);
  const geometry = trace?.image ?? null;
  if (imageUrl === null) return <Missing text="This question has no image." />;
  if (broken) return <Missing text="The image cannot be shown; its dataset may have moved." />;

  const size = geometry === null ? natural : { width: geometry.sourceWidth, height: geometry.sourceHeight };
  const aspect = size === null ? 1 : size.width / size.height;
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
          {geometry === null ? null : (
            <PatchOverlay
              geometry={geometry}
              marks={marksOfView(trace, stepIndex, view)}
              view={view}
              hovered={hovered?.slot ?? null}
              onHover={setHovered}
            />
          )}
        </div>
      </div>
      <Text size="xs" c="dimmed" ta="center" mih={20} mt={6}>
        {hovered === null ? describePicture(trace) : describePatch(hovered)}
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

function describePicture(trace: Trace | null): string {
  if (trace === null || trace.image === null) return '';
  const { sourceWidth, sourceHeight, resizedWidth, resizedHeight, gridRows, gridColumns } = trace.image;
  const slots = gridRows * gridColumns;
  return `${String(sourceWidth)} × ${String(sourceHeight)} px, fed as ${String(resizedWidth)} × ${String(resizedHeight)}: ${String(gridColumns)} × ${String(gridRows)} = ${String(slots)} slots`;
}

function describePatch({ slot, rank, score, role, stepIndex }: PatchMark): string {
  const place = `slot ${String(slot)}, step ${String(stepIndex + 1)}, attention ${score.toExponential(2)}`;
  if (role === 'selected') return `${place}, rank ${String(rank ?? '?')} of the pool`;
  return role === 'pool' ? `${place}, in the pool, not selected` : `${place}, taken by an earlier step`;
}
