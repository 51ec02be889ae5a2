/** From an image file's bytes to the input of the graph that encodes it, in one step that any thread can take. */
import type { CropSettings, ImageSettings, VisionDimensions } from '../../shared/bundle.ts';
import { decodeImage } from '../vlm/image/decode.ts';
import { preprocessImage as cropForChameleon } from './chameleon/image-processor.ts';
import type { PreprocessedImage } from './preprocessed-image.ts';
import { preprocessImage as patchForQwen2Vl, type ImageResize } from './qwen2-vl/image-processor.ts';

export type ImageJob = Readonly<{
  /** An encoded image file. */
  bytes: Uint8Array;
  /** Names the image in failures. */
  label: string;
}> &
  Readonly<
    | { architecture: 'qwen2-vl'; settings: ImageSettings; vision: VisionDimensions; resize: ImageResize }
    | { architecture: 'chameleon'; settings: CropSettings }
  >;

export type PreparedImage = Readonly<{
  image: PreprocessedImage;
  /** Decoding and preprocessing, in the thread that did it. */
  milliseconds: number;
}>;

/** Fails as `decodeImage` and the family's image processor do. */
export async function prepareImage(job: ImageJob): Promise<PreparedImage> {
  const started = performance.now();
  const image = await preprocess(job);
  return { image, milliseconds: performance.now() - started };
}

async function preprocess(job: ImageJob): Promise<PreprocessedImage> {
  const { bytes, label } = job;
  if (job.architecture === 'chameleon') {
    return cropForChameleon(await decodeImage(bytes, label, { transparency: 'blend-all' }), job.settings);
  }
  return patchForQwen2Vl(await decodeImage(bytes, label), job.settings, job.vision, job.resize, label);
}
