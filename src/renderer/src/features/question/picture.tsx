/**
 * The question's picture as large as the window allows, with the patches of the chosen step over it. Browsers turn
 * it upright by its EXIF data, and so it was for the model.
 */
import { Box, Button, Center, Stack, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { CSSProperties, ReactNode } from 'react';
import { cutBoxes, type ImageGeometry, type Trace } from '../../../../shared/trace.ts';
import { isInWindow } from '../../api/client.ts';
import { CutOverlay } from './cut-overlay.tsx';
import type { PatchMark } from './overlay-model.ts';
import { marksOfView, rangeOf, stepOfHeat } from './overlay-model.ts';
import { choiceOf, type PatchChoices } from './patch-choices.ts';
import { PatchOverlay } from './patch-overlay.tsx';
import { HeatLegend, PatchLegend, RegionLegend } from './picture-legend.tsx';
import classes from './picture.module.css';
import { regionsOfView } from './region-marks.ts';
import { RegionOverlay } from './region-overlay.tsx';
import { shareText } from './share-text.ts';
import { slotName, slotNumbering } from './slot-name.ts';
import { stepCountOf, type StepWords } from './step-words.ts';

export type PictureProps = Readonly<{
  imageUrl: string | null;
  trace: Trace | null;
  /** Whose trace that is. */
  name: 'run' | 'try';
  words: StepWords;
  stepIndex: number | null;
  view: 'selected' | 'attention';
  /** One layer's attention instead of the stored mean. */
  attention: readonly number[] | null;
  /** Whose attention that is: `layer 3 of 28, mean of its heads`. */
  attentionName: string;
  /** Share of attention that the heat map draws strongest; null: its own strongest slot's. */
  scaleTop: number | null;
  /** Patches that a try forces or bans. */
  choices: PatchChoices | null;
  /** A patch was clicked, or Enter pressed on it; null: patches are only looked at. */
  onPatch: ((slot: number) => void) | null;
}>;

export function Picture(props: PictureProps) {
  const { imageUrl, trace, name, words, stepIndex, view, attention, attentionName, scaleTop, choices, onPatch } = props;
  const [hoveredSlot, setHoveredSlot] = useState<number | null>(null);
  const [natural, setNatural] = useState<Readonly<{ width: number; height: number }> | null>(null);
  const [broken, setBroken] = useState<BrokenBy | null>(null);
  const marks = useMemo(
    () => marksOfView(trace, stepIndex, view, attention, scaleTop),
    [trace, stepIndex, view, attention, scaleTop],
  );
  const heatStep = stepOfHeat(trace, stepIndex);
  const range = rangeOf(attention ?? heatStep?.imageAttention ?? []);
  const geometry = trace?.image ?? null;
  const stepCount = stepCountOf(trace);
  const regions = trace === null || trace.steps.length > 0 ? [] : regionsOfView(trace.regions, stepIndex);
  if (imageUrl === null) return <Missing text="This question has no image." />;
  if (broken === 'access') {
    return (
      <Missing text="The image could not be loaded: the server cannot be reached, or this session has ended.">
        <Button size="compact-sm" variant="light" onClick={() => setBroken(null)}>
          Load it again
        </Button>
      </Missing>
    );
  }
  if (broken === 'image') {
    return (
      <Missing text="The image cannot be shown: it is damaged, or its dataset has moved. Open the dataset's folder again to find it." />
    );
  }

  const size = geometry === null ? natural : { width: geometry.sourceWidth, height: geometry.sourceHeight };
  const aspect = size === null ? 1 : size.width / size.height;
  const chosen = choices?.filter((choice) => choice.stepIndex === (stepIndex ?? 0)) ?? [];
  const hovered = marks.findLast(({ slot }) => slot === hoveredSlot) ?? null;
  return (
    <>
      <div className={classes.stage}>
        <div className={classes.frame} style={shape(aspect)}>
          <img
            src={imageUrl}
            alt="The question's picture"
            className={classes.image}
            data-view={view}
            onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
              setNatural({ width: naturalWidth, height: naturalHeight })
            }
            onError={() => void whyBroken(imageUrl).then(setBroken)}
          />
          {geometry === null ? null : <CutOverlay geometry={geometry} />}
          {geometry === null || marks.length === 0 ? null : (
            <PatchOverlay
              geometry={geometry}
              marks={marks}
              view={view}
              label={describeMarks(marks, words, stepIndex, view)}
              isNumbered={view === 'selected' && stepIndex === null}
              hovered={hoveredSlot}
              choices={chosen}
              onHover={setHoveredSlot}
              onPatch={onPatch}
            />
          )}
          {geometry === null || regions.length === 0 ? null : <RegionOverlay geometry={geometry} marks={regions} />}
        </div>
      </div>
      {trace !== null && stepIndex !== null && stepIndex >= stepCount ? (
        <Text size="xs" fw={600} ta="center" mt={8}>
          this {name} has no {words.short} {stepIndex + 1}
        </Text>
      ) : null}
      {geometry === null || marks.length === 0 ? null : (
        <Box mt={8}>
          {view === 'selected' ? (
            <PatchLegend marks={marks} words={words} stepIndex={stepIndex} stepCount={stepCount} choices={chosen} />
          ) : (
            <HeatLegend
              geometry={geometry}
              range={range}
              scaleTop={scaleTop ?? range.most}
              source={`${words.short} ${String((heatStep?.stepIndex ?? 0) + 1)}, ${attentionName}`}
              row={words.row}
            />
          )}
        </Box>
      )}
      {regions.length === 0 ? null : (
        <Box mt={8}>
          <RegionLegend marks={regions} />
        </Box>
      )}
      <Text
        size="xs"
        ta="center"
        mih={20}
        mt={4}
        aria-live="polite"
        {...(hovered === null ? { c: 'dimmed', title: slotNumbering } : { fw: 600 })}
      >
        {hovered === null || geometry === null
          ? describePicture(geometry)
          : describePatch(geometry, hovered, words, choices, stepIndex)}
      </Text>
    </>
  );
}

/** The picture's shape, for its frame's styles. */
function shape(aspect: number): CSSProperties & { '--aspect': number } {
  return { '--aspect': aspect };
}

type BrokenBy = 'image' | 'access';

/** Asks once more for an image that was not drawn: a refusal or no answer says nothing about the image. */
async function whyBroken(imageUrl: string): Promise<BrokenBy> {
  if (isInWindow) return 'image';
  try {
    const { status } = await fetch(imageUrl);
    return status === 401 || status === 403 ? 'access' : 'image';
  } catch {
    return 'access';
  }
}

function Missing({ text, children }: Readonly<{ text: string; children?: ReactNode }>) {
  return (
    <Center className={classes.stage} mih={240}>
      <Stack gap="xs" align="center">
        <Text c="dimmed">{text}</Text>
        {children}
      </Stack>
    </Center>
  );
}

function describeMarks(
  marks: readonly PatchMark[],
  { name, names, taken }: StepWords,
  stepIndex: number | null,
  view: 'selected' | 'attention',
): string {
  const where = stepIndex === null ? `all ${names}` : `${name.toLowerCase()} ${String(stepIndex + 1)}`;
  if (view === 'attention') return `Attention over the image, ${where}`;
  const slots = marks.filter(({ role }) => role === 'selected').map(({ slot }) => slot);
  return `Patches ${taken} at ${where}: ${slots.length === 0 ? 'none' : `slots ${slots.join(', ')}`}`;
}

const pixelText = (pixels: number): string => String(Math.round(pixels * 10) / 10);

function describePicture(image: ImageGeometry | null): string {
  if (image === null) return '';
  const { sourceWidth, sourceHeight, resizedWidth, resizedHeight, gridRows, gridColumns } = image;
  const slots = gridRows * gridColumns;
  const crop =
    image.resize === 'crop' && cutBoxes(image).length > 0
      ? `its middle ${pixelText(image.crop.width)} × ${pixelText(image.crop.height)} (the rest, darkened, was not shown) `
      : '';
  return `${String(sourceWidth)} × ${String(sourceHeight)} px, ${crop}fed as ${String(resizedWidth)} × ${String(resizedHeight)}: ${String(gridColumns)} × ${String(gridRows)} = ${String(slots)} patches, slots 0 to ${String(slots - 1)} row by row`;
}

function describePatch(
  image: ImageGeometry,
  mark: PatchMark,
  words: StepWords,
  choices: PatchChoices | null,
  stepShown: number | null,
): string {
  const { slot, rank, score, role, stepIndex } = mark;
  const fate =
    role === 'selected'
      ? `rank ${String(rank ?? '?')} of the pool`
      : role === 'pool'
        ? `in the pool, not ${words.taken}`
        : 'selected by an earlier step';
  const choice = choices === null ? undefined : choiceOf(choices, stepShown ?? 0, slot);
  const chosen = choice === undefined ? [] : [`${choice.kind} in the try`];
  return [
    slotName(image, slot),
    // Of a step that the trace has not, no attention is known.
    ...(stepShown === null || stepShown === stepIndex
      ? [`${words.short} ${String(stepIndex + 1)}`, `${shareText(score)} of the attention`]
      : []),
    fate,
    ...chosen,
  ].join(' · ');
}
