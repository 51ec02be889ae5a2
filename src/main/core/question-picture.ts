/**
 * A question's picture as a PNG of its own size, upright, with what the page draws over it: the selected patches of
 * one latent step or of all, or the attention over the image as a heat map (over greys: no colour of the picture's own
 * looks like attention). No legend: captions belong to whoever uses the picture.
 */
import { writeFile } from 'node:fs/promises';
import { fail, PenumbraFailure } from '../../shared/failure.ts';
import { stepColour } from '../../shared/step-colours.ts';
import { slotBox, type ImageGeometry, type LatentStep, type Trace } from '../../shared/trace.ts';
import { failToWrite } from '../files/io-failure.ts';
import { safeFileName } from '../runs/export-file-name.ts';
import type { RunService } from '../runs/run-service.ts';

export type PictureInput = Readonly<{
  runId: string;
  sampleId: string;
  /** Null: all steps; for the heat map, the last. */
  stepIndex: number | null;
  layer: 'patches' | 'attention';
}>;

export type QuestionPicture = Readonly<{ fileName: string; write: (path: string) => Promise<void> }>;

/** Decoded pixels; a decompression bomb is refused before it is decoded. */
const pixelLimit = 200_000_000;
const heatColour = '#e6194b';

/** Fails: `not-found` (run, question, step), `nothing-to-do` (no trace), `missing-image`, `malformed-image`. */
export async function drawQuestionPicture(
  runs: Pick<RunService, 'getQuestion' | 'readRunImage' | 'labelOf'>,
  { runId, sampleId, stepIndex, layer }: PictureInput,
): Promise<QuestionPicture> {
  const { prediction } = await runs.getQuestion({ runId, sampleId, where: [] });
  const trace = prediction.status === 'answered' ? prediction.answer.trace : null;
  const overlay = overlayOf(requireTrace(trace, sampleId), stepIndex, layer);
  const png = await drawOver(await runs.readRunImage(runId, sampleId), overlay, sampleId);
  const step = stepIndex === null ? 'all steps' : `step ${String(stepIndex + 1)}`;
  return {
    fileName: safeFileName([`${runs.labelOf(runId)} ${sampleId}`, `${layer} ${step}`], 'png'),
    write: (path) => writeFile(path, png).catch((error: unknown) => failToWrite(error, path)),
  };
}

type PlacedTrace = Readonly<{ image: ImageGeometry; steps: readonly LatentStep[] }>;

function requireTrace(trace: Trace | null, sampleId: string): PlacedTrace {
  if (trace !== null && trace.image !== null && trace.steps.length > 0)
    return { image: trace.image, steps: trace.steps };
  return fail('nothing-to-do', 'This answer has no latent steps over an image to draw.', { place: sampleId });
}

/** SVG elements in a coordinate system of the original image's pixels. */
type Overlay = Readonly<{ width: number; height: number; marks: string; isOverGreys: boolean }>;

function overlayOf({ image, steps }: PlacedTrace, stepIndex: number | null, layer: PictureInput['layer']): Overlay {
  const step = stepIndex === null ? undefined : steps[stepIndex];
  if (stepIndex !== null && step === undefined) {
    fail('not-found', 'The answer has no such latent step.', {
      place: 'stepIndex',
      expected: `0 to ${steps.length - 1}`,
      found: String(stepIndex),
    });
  }
  const drawn = step === undefined ? steps : [step];
  const marks = layer === 'patches' ? drawn.flatMap((each) => patches(image, each)) : heat(image, drawn.at(-1));
  return {
    width: image.sourceWidth,
    height: image.sourceHeight,
    marks: marks.join(''),
    isOverGreys: layer === 'attention',
  };
}

/** Each selected patch in its step's colour, the stronger the more; its outline lies inside its box. */
function patches(image: ImageGeometry, { stepIndex, selectedSlots, scores }: LatentStep): string[] {
  const strongest = Math.max(...scores, Number.MIN_VALUE);
  const colour = stepColour(stepIndex);
  return selectedSlots.map((slot, index) => {
    const { x, y, width, height } = slotBox(image, slot);
    const line = Math.min(
      Math.max(1.5, Math.max(image.sourceWidth, image.sourceHeight) / 320),
      Math.min(width, height) / 4,
    );
    const opacity = 0.08 + 0.42 * Math.min(1, (scores[index] ?? 0) / strongest);
    return (
      rectangle({ x, y, width, height }, `fill="${colour}" fill-opacity="${String(opacity)}"`) +
      rectangle(
        { x: x + line / 2, y: y + line / 2, width: width - line, height: height - line },
        `fill="none" stroke="${colour}" stroke-width="${String(line)}"`,
      )
    );
  });
}

function heat(image: ImageGeometry, step: LatentStep | undefined): string[] {
  const values = step?.imageAttention ?? [];
  const strongest = Math.max(...values, Number.MIN_VALUE);
  return values.map((value, slot) =>
    rectangle(slotBox(image, slot), `fill="${heatColour}" fill-opacity="${String((0.75 * value) / strongest)}"`),
  );
}

const rectangle = (box: Readonly<{ x: number; y: number; width: number; height: number }>, paint: string): string =>
  `<rect x="${String(box.x)}" y="${String(box.y)}" width="${String(box.width)}" height="${String(box.height)}" ${paint}/>`;

async function drawOver(bytes: Uint8Array, overlay: Overlay, sampleId: string): Promise<Uint8Array> {
  const { default: sharp } = await import('sharp');
  try {
    // Upright, as the model saw it (docs/decisions/0003-image-decoding.md); the first picture of an animation.
    const picture = sharp(bytes, { limitInputPixels: pixelLimit, failOn: 'none' }).autoOrient();
    const { autoOrient } = await picture.metadata();
    const svg =
      `<svg xmlns="http://www.w3.org/2000/svg" width="${String(autoOrient.width)}" ` +
      `height="${String(autoOrient.height)}" preserveAspectRatio="none" shape-rendering="crispEdges" ` +
      `viewBox="0 0 ${String(overlay.width)} ${String(overlay.height)}">${overlay.marks}</svg>`;
    // The pipeline would make the overlay grey, too.
    const below = overlay.isOverGreys
      ? sharp(await picture.greyscale().toColourspace('srgb').png({ compressionLevel: 1 }).toBuffer(), {
          limitInputPixels: pixelLimit,
        })
      : picture;
    return await below
      .toColourspace('srgb')
      .composite([{ input: Buffer.from(svg) }])
      .png()
      .toBuffer();
  } catch (error) {
    throw new PenumbraFailure(
      {
        kind: 'malformed-image',
        message: 'The image cannot be drawn on.',
        place: sampleId,
        found: error instanceof Error ? error.message : String(error),
      },
      { cause: error },
    );
  }
}
