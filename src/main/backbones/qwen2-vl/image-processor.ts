/**
 * Qwen2-VL's image processor: resize (Pillow's bicubic), rescale, normalise, cut into patches in the order that
 * the vision tower and its patch merger expect. Equal to the PIL/NumPy processor of transformers, which the
 * released IVT-LR code used (4.51's default); the torch one differs in resize and rounding.
 *
 * Legend: Np patches of the image, C channels, Tp temporal patch size, p patch side in pixels, m merge side.
 */
import type { ImageSettings, VisionDimensions } from '../../../shared/bundle.ts';
import { fail } from '../../../shared/failure.ts';
import type { PreprocessedImage } from '../preprocessed-image.ts';
import { resizeBicubic } from '../../vlm/image/bicubic-resize.ts';
import { normalisationTable } from '../../vlm/image/normalisation-table.ts';
import type { RgbImage } from '../../vlm/image/rgb-image.ts';
import { smartResize, type ImageSize } from './smart-resize.ts';

/** `stretch`: to exactly this size in pixels (IVT-LR); `dynamic`: Qwen2-VL's own size (ordinary prompting). */
export type ImageResize = Readonly<{ kind: 'stretch'; width: number; height: number } | { kind: 'dynamic' }>;

/** Patches: time, rows, columns. One image: time is 1. */
export type GridThw = readonly [time: number, rows: number, columns: number];

/** `pixelValues`: [Np, C * Tp * p * p]; slots: Np / m^2. */
export type PatchedImage = PreprocessedImage & Readonly<{ gridThw: GridThw }>;

/**
 * Patches of an image whose sides are multiples of p * m -> [Np, C * Tp * p * p] float32. Rows are grouped by
 * merge block (block row, block column, row inside, column inside); a row holds channel, time, y, x, and the
 * time frames repeat the same still image.
 */
function patchify(image: RgbImage, settings: ImageSettings, vision: VisionDimensions): Float32Array {
  const { patchSize: side, temporalPatchSize: frames, spatialMergeSize: merge } = vision;
  const table = normalisationTable(settings);
  const gridRows = image.height / side;
  const gridColumns = image.width / side;
  const area = side * side;
  const output = new Float32Array(gridRows * gridColumns * 3 * frames * area);
  let target = 0;
  for (let blockRow = 0; blockRow < gridRows; blockRow += merge) {
    for (let blockColumn = 0; blockColumn < gridColumns; blockColumn += merge) {
      for (let inBlock = 0; inBlock < merge * merge; inBlock++) {
        const top = (blockRow + Math.floor(inBlock / merge)) * side;
        const left = (blockColumn + (inBlock % merge)) * side;
        for (let channel = 0; channel < 3; channel++) {
          const frameStart = target;
          for (let y = 0; y < side; y++) {
            let at = ((top + y) * image.width + left) * 3 + channel;
            for (let x = 0; x < side; x++, at += 3) {
              output[target++] = table[channel * 256 + (image.data[at] ?? 0)] ?? 0;
            }
          }
          for (let frame = 1; frame < frames; frame++, target += area) {
            output.copyWithin(target, frameStart, frameStart + area);
          }
        }
      }
    }
  }
  return output;
}

function targetSize(
  image: RgbImage,
  settings: ImageSettings,
  vision: VisionDimensions,
  resize: ImageResize,
  label: string,
): ImageSize {
  const factor = vision.patchSize * vision.spatialMergeSize;
  if (resize.kind === 'dynamic') return smartResize(image, factor, settings.minPixels, settings.maxPixels, label);
  const { width, height } = resize;
  if (width % factor !== 0 || height % factor !== 0 || width < 1 || height < 1) {
    fail('invalid-settings', 'The fixed image size does not divide into merged patches.', {
      expected: `width and height that are multiples of ${factor} pixels`,
      found: `${width} x ${height} pixels`,
      action: 'Import the model again with a fitting image size.',
    });
  }
  return { width, height };
}

/**
 * From decoded pixels to the vision tower's input. `label` names the image in failures: `malformed-image` for a
 * shape that the dynamic size refuses, `invalid-settings` for a fixed size that does not divide into patches,
 * `unsupported-architecture` for a tower that does not take three channels.
 */
export function preprocessImage(
  image: RgbImage,
  settings: ImageSettings,
  vision: VisionDimensions,
  resize: ImageResize,
  label = 'image',
): PatchedImage {
  if (vision.channelCount !== 3) {
    fail('unsupported-architecture', 'The vision tower does not take RGB images.', {
      expected: '3 channels',
      found: `${vision.channelCount} channels`,
    });
  }
  const size = targetSize(image, settings, vision, resize, label);
  const resized = resizeBicubic(image, size.width, size.height);
  const rows = size.height / vision.patchSize;
  const columns = size.width / vision.patchSize;
  const gridRows = rows / vision.spatialMergeSize;
  const gridColumns = columns / vision.spatialMergeSize;
  return {
    pixelValues: patchify(resized, settings, vision),
    gridThw: [1, rows, columns],
    geometry: {
      sourceWidth: image.width,
      sourceHeight: image.height,
      resizedWidth: size.width,
      resizedHeight: size.height,
      resize: resize.kind,
      gridRows,
      gridColumns,
    },
    imageTokenCount: gridRows * gridColumns,
  };
}
