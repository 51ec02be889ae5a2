/** From file to pixel values: resize, arithmetic and patch order, bit for bit those of transformers' PIL processor. */
import { describe, expect, it } from 'vitest';
import { decodeImage } from '../../../src/main/vlm/image/decode.ts';
import { resizeBicubic } from '../../../src/main/vlm/image/bicubic-resize.ts';
import { rgbImage } from '../../../src/main/vlm/image/rgb-image.ts';
import { preprocessImage } from '../../../src/main/backbones/qwen2-vl/image-processor.ts';
import type { VisionDimensions } from '../../../src/shared/bundle.ts';
import { expectClose } from '../../support/expect-close.ts';
import { expectFailure } from '../../support/expect-failure.ts';
import {
  goldenBytes,
  goldenFloats,
  goldenImageBytes,
  goldenImages,
  goldenImageSettings,
  sha256,
  type GoldenImage,
} from '../../vlm/vlm-golden.ts';

const vision: VisionDimensions = {
  depth: 1,
  embedDim: 32,
  headCount: 2,
  intermediateSize: 64,
  patchSize: 14,
  temporalPatchSize: 2,
  spatialMergeSize: 2,
  channelCount: 3,
};
const stretch = { kind: 'stretch', ...goldenImages.stretch } as const;

/** The reference's pixels where they are stored, so that this file's tests do not depend on decoders. */
async function pixelsOf({ file, width, height, rgb }: GoldenImage) {
  return rgb === undefined
    ? await decodeImage(goldenImageBytes(file), file)
    : rgbImage(width, height, goldenBytes(rgb));
}

describe('preprocessImage against transformers', () => {
  it.each(goldenImages.cases)('stretches $file', async (golden) => {
    const image = await pixelsOf(golden);
    const { stretched } = golden;
    if ('error' in stretched) throw new Error(stretched.error);
    const resized = resizeBicubic(image, stretch.width, stretch.height);
    expect(sha256(resized.data)).toBe(stretched.resizedSha256);
    if (stretched.resized !== undefined) expect(resized.data).toEqual(goldenBytes(stretched.resized));

    const done = preprocessImage(image, goldenImageSettings, vision, stretch);
    expect(done.gridThw).toEqual(stretched.gridThw);
    expect(done.pixelValues.length).toBe(stretched.shape[0] * stretched.shape[1]);
    if (stretched.pixelValues !== undefined) {
      expectClose(done.pixelValues, goldenFloats(stretched.pixelValues), { absolute: 0 }, golden.file);
    }
    expect(sha256(done.pixelValues)).toBe(stretched.sha256);
    expect(done.geometry).toEqual({
      sourceWidth: image.width,
      sourceHeight: image.height,
      resizedWidth: stretch.width,
      resizedHeight: stretch.height,
      resize: 'stretch',
      gridRows: stretch.height / 28,
      gridColumns: stretch.width / 28,
    });
  });

  it.each(goldenImages.cases)('sizes $file dynamically', async (golden) => {
    const image = await pixelsOf(golden);
    const { dynamic } = golden;
    const run = () => preprocessImage(image, goldenImageSettings, vision, { kind: 'dynamic' }, golden.file);
    if ('error' in dynamic) {
      const failure = await expectFailure(run, 'malformed-image');
      expect(failure.file).toBe(golden.file);
      return;
    }
    const done = run();
    expect(done.gridThw).toEqual(dynamic.gridThw);
    expect(sha256(done.pixelValues)).toBe(dynamic.sha256);
    expect(done.imageTokenCount).toBe((dynamic.gridThw[1] * dynamic.gridThw[2]) / 4);
    expect(done.geometry.gridRows * done.geometry.gridColumns).toBe(done.imageTokenCount);
  });
});

describe('preprocessImage refuses', () => {
  const image = rgbImage(4, 4, new Uint8Array(48));

  it('a fixed size that does not divide into merged patches', async () => {
    const resize = { kind: 'stretch', width: 42, height: 56 } as const;
    await expectFailure(() => preprocessImage(image, goldenImageSettings, vision, resize), 'invalid-settings');
  });

  it('a tower for other than three channels', async () => {
    const grey = { ...vision, channelCount: 1 };
    await expectFailure(() => preprocessImage(image, goldenImageSettings, grey, stretch), 'unsupported-architecture');
  });
});
