/**
 * Chameleon's image processor: the shortest edge to the model's side (Pillow's Lanczos, aspect kept), the middle
 * square cut out, rescaled and normalised. Equal to the PIL/NumPy processor of transformers, on pixels whose
 * transparency `decodeImage` has blended on white (`blend-all`), as the processor of 4.51 did and later ones do not.
 *
 * What is cut off on both ends of the longer edge never reaches the model; the geometry says which part did.
 */
import type { CropSettings } from '../../../shared/bundle.ts';
import { fail } from '../../../shared/failure.ts';
import type { ImageGeometry } from '../../../shared/trace.ts';
import { resizeLikePillow } from '../../vlm/image/pillow-resize.ts';
import { normalisationTable } from '../../vlm/image/normalisation-table.ts';
import type { RgbImage } from '../../vlm/image/rgb-image.ts';

export type CroppedImage = Readonly<{
  /** [3, side, side] float32 */
  pixelValues: Float32Array;
  geometry: Extract<ImageGeometry, { resize: 'crop' }>;
  /** J: slots in the decoder's input, (side / slotSide)^2. */
  imageTokenCount: number;
}>;

/** The picture before the crop, and where the crop begins in it. */
export type CropPlace = Readonly<{ width: number; height: number; left: number; top: number }>;

/**
 * Size after the resize (the longer edge is cut off to whole pixels) and the crop's corner (the odd pixel stays on
 * the far side). The longer edge is never below `side`, so nothing is padded.
 */
export function placeCrop({ width, height }: Readonly<{ width: number; height: number }>, side: number): CropPlace {
  const longer = (long: number, short: number): number => Math.floor((side * long) / short);
  const resized =
    width <= height ? { width: side, height: longer(height, width) } : { width: longer(width, height), height: side };
  return {
    ...resized,
    left: Math.floor((resized.width - side) / 2),
    top: Math.floor((resized.height - side) / 2),
  };
}

/** [side, side, 3] bytes -> [3, side, side] float32. */
function normalise({ data }: RgbImage, settings: CropSettings): Float32Array {
  const table = normalisationTable(settings);
  const area = data.length / 3;
  const output = new Float32Array(data.length);
  for (let channel = 0; channel < 3; channel++) {
    for (let i = 0; i < area; i++) {
      output[channel * area + i] = table[channel * 256 + (data[i * 3 + channel] ?? 0)] ?? 0;
    }
  }
  return output;
}

/** The square that the model sees, in bytes. */
export function resizeAndCrop(image: RgbImage, side: number): RgbImage {
  const { width, height, left, top } = placeCrop(image, side);
  return resizeLikePillow(image, {
    width,
    height,
    filter: 'lanczos',
    window: { left, top, width: side, height: side },
  });
}

/** From decoded pixels to the VQ encoder's input. Fails with `invalid-settings` for a side that slots do not divide. */
export function preprocessImage(image: RgbImage, settings: CropSettings): CroppedImage {
  const { side, slotSide } = settings;
  if (side < 1 || side % slotSide !== 0) {
    fail('invalid-settings', 'The image size does not divide into image slots.', {
      expected: `a side that is a multiple of ${slotSide} pixels`,
      found: `${side} pixels`,
      action: "Take preprocessor_config.json from the base model's folder.",
    });
  }
  const place = placeCrop(image, side);
  const pixelsX = image.width / place.width;
  const pixelsY = image.height / place.height;
  const gridSide = side / slotSide;
  return {
    pixelValues: normalise(resizeAndCrop(image, side), settings),
    geometry: {
      sourceWidth: image.width,
      sourceHeight: image.height,
      resizedWidth: side,
      resizedHeight: side,
      resize: 'crop',
      crop: { x: place.left * pixelsX, y: place.top * pixelsY, width: side * pixelsX, height: side * pixelsY },
      gridRows: gridSide,
      gridColumns: gridSide,
    },
    imageTokenCount: gridSide * gridSide,
  };
}
