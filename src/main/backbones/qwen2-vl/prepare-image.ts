/** From an image file's bytes to the vision tower's input, in one step that any thread can take. */
import type { ImageSettings, VisionDimensions } from '../../../shared/bundle.ts';
import { decodeImage } from '../../vlm/image/decode.ts';
import type { PreprocessedImage } from '../preprocessed-image.ts';
import { preprocessImage, type ImageResize } from './image-processor.ts';

export type ImageJob = Readonly<{
  /** An encoded image file. */
  bytes: Uint8Array;
  /** Names the image in failures. */
  label: string;
  settings: ImageSettings;
  vision: VisionDimensions;
  resize: ImageResize;
}>;

export type PreparedImage = Readonly<{
  image: PreprocessedImage;
  /** Decoding and preprocessing, in the thread that did it. */
  milliseconds: number;
}>;

/** Fails as `decodeImage` and `preprocessImage` do. */
export async function prepareImage({ bytes, label, settings, vision, resize }: ImageJob): Promise<PreparedImage> {
  const started = performance.now();
  const decoded = await decodeImage(bytes, label);
  const image = preprocessImage(decoded, settings, vision, resize, label);
  return { image, milliseconds: performance.now() - started };
}
