/**
 * A question's picture as a PNG of its own size, upright, with what the page draws over it: the selected patches of
 * one latent step or of all, or the attention over the image as a heat map (over greys: no colour of the picture's own
 * looks like attention), or the regions that an answer without steps asked to see; what was cut off before the model was
 * fed is dark. No legend: captions belong to whoever uses the picture.
 */
import { writeFile } from 'node:fs/promises';
import { fail, PenumbraFailure } from '../../shared/failure.ts';
import { cutShade, stepColour } from '../../shared/picture-colours.ts';
import {
  cutBoxes,
  slotBox,
  type ImageGeometry,
  type LatentStep,
  type PixelBox,
  type Region,
  type Trace,
} from '../../shared/trace.ts';
import { failToWrite } from '../files/io-failure.ts';
import { safeFileName } from '../runs/export-file-name.ts';
import type { RunService } from '../runs/run-service.ts';

export type PictureInput = Readonly<{
  runId: string;
  sampleId: string;
  /** Of a latent step or a region; null: all; for the heat map, the last step. */
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
  const placed = requireTrace(trace, sampleId);
  const png = await drawOver(await runs.readRunImage(runId, sampleId), overlayOf(placed, stepIndex, layer), sampleId);
  return {
    fileName: safeFileName([`${runs.labelOf(runId)} ${sampleId}`, nameOf(placed, stepIndex, layer)], 'png'),
    write: (path) => writeFile(path, png).catch((error: unknown) => failToWrite(error, path)),
  };
}

type PlacedTrace = Readonly<{ image: ImageGeometry; steps: readonly LatentStep[]; regions: readonly Region[] }>;

function requireTrace(trace: Trace | null, sampleId: string): PlacedTrace {
  if (trace !== null && trace.image !== null && (trace.steps.length > 0 || trace.regions.length > 0))
    return { image: trace.image, steps: trace.steps, regions: trace.regions };
  return fail('nothing-to-do', 'This answer has no latent steps or regions over an image to draw.', {
    place: sampleId,
  });
}

function nameOf({ steps }: PlacedTrace, stepIndex: number | null, layer: PictureInput['layer']): string {
  if (steps.length === 0) return stepIndex === null ? 'all regions' : `region ${String(stepIndex + 1)}`;
  return `${layer} ${stepIndex === null ? 'all steps' : `step ${String(stepIndex + 1)}`}`;
}

/** SVG elements in a coordinate system of the original image's pixels. */
type Overlay = Readonly<{ width: number; height: number; marks: string; isOverGreys: boolean }>;

function overlayOf(placed: PlacedTrace, stepIndex: number | null, layer: PictureInput['layer']): Overlay {
  const { image, steps, regions } = placed;
  const isHeat = steps.length > 0 && layer === 'attention';
  const marks =
    steps.length === 0
      ? chosen([...regions.entries()], stepIndex, 'region').flatMap(([index, region]) =>
          regionMarks(image, region, index),
        )
      : isHeat
        ? heat(image, chosen(steps, stepIndex, 'latent step').at(-1))
        : chosen(steps, stepIndex, 'latent step').flatMap((step) => patches(image, step));
  const cut = cutBoxes(image).map((box) =>
    rectangle(box, `fill="${cutShade.fill}" fill-opacity="${String(cutShade.fillOpacity)}"`),
  );
  return {
    width: image.sourceWidth,
    height: image.sourceHeight,
    marks: [...cut, ...marks].join(''),
    isOverGreys: isHeat,
  };
}

/** All, or the one at `index`. */
function chosen<T>(items: readonly T[], index: number | null, name: string): readonly T[] {
  if (index === null) return items;
  const item = items[index];
  if (item !== undefined) return [item];
  return fail('not-found', `The answer has no such ${name}.`, {
    place: 'stepIndex',
    expected: `0 to ${items.length - 1}`,
    found: String(index),
  });
}

/** Lines stay visible in large pictures. */
const lineOf = ({ sourceWidth, sourceHeight }: ImageGeometry): number =>
  Math.max(1.5, Math.max(sourceWidth, sourceHeight) / 320);

/** Solid what the model was shown, dashed what it named. */
function regionMarks(image: ImageGeometry, { shown, asked }: Region, index: number): string[] {
  const colour = stepColour(index);
  const line = lineOf(image);
  const outline = `fill="none" stroke="${colour}" stroke-width="${String(line)}"`;
  return [
    rectangle(shown, `fill="${colour}" fill-opacity="0.12"`),
    rectangle(inset(shown, Math.min(line, shown.width / 4, shown.height / 4) / 2), outline),
    rectangle(asked, `${outline} stroke-dasharray="${String(3 * line)} ${String(2 * line)}"`),
  ];
}

const inset = ({ x, y, width, height }: PixelBox, by: number): PixelBox => ({
  x: x + by,
  y: y + by,
  width: width - 2 * by,
  height: height - 2 * by,
});

/** Each selected patch in its step's colour, the stronger the more; its outline lies inside its box. */
function patches(image: ImageGeometry, { stepIndex, selectedSlots, scores }: LatentStep): string[] {
  const strongest = Math.max(...scores, Number.MIN_VALUE);
  const colour = stepColour(stepIndex);
  return selectedSlots.map((slot, index) => {
    const box = slotBox(image, slot);
    const line = Math.min(lineOf(image), Math.min(box.width, box.height) / 4);
    const opacity = 0.08 + 0.42 * Math.min(1, (scores[index] ?? 0) / strongest);
    return (
      rectangle(box, `fill="${colour}" fill-opacity="${String(opacity)}"`) +
      rectangle(inset(box, line / 2), `fill="none" stroke="${colour}" stroke-width="${String(line)}"`)
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

const rectangle = (box: PixelBox, paint: string): string =>
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
