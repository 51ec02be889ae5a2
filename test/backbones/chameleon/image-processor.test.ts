/**
 * From file to pixel values as transformers' PIL processor of Chameleon has them, bit for bit (bytes after resize and
 * crop, and float32 values), transparency blended on white; and where the slots lie in the original.
 */
import type { CropSettings } from '../../../src/shared/bundle.ts';
import { describe, expect, it } from 'vitest';
import { placeCrop, preprocessImage, resizeAndCrop } from '../../../src/main/backbones/chameleon/image-processor.ts';
import { decodeImage } from '../../../src/main/vlm/image/decode.ts';
import { rgbImage } from '../../../src/main/vlm/image/rgb-image.ts';
import { imageGeometrySchema, slotBox } from '../../../src/shared/trace.ts';
import { expectFailure } from '../../support/expect-failure.ts';
import { goldenChameleonImages, noiseImage } from '../../vlm/chameleon-golden.ts';
import { goldenImageBytes, sha256 } from '../../vlm/vlm-golden.ts';

const { mean, std, rescaleFactor, files, shapes } = goldenChameleonImages;
const settingsOf = (side: number, slotSide = side): CropSettings => ({ side, slotSide, mean, std, rescaleFactor });
const isReferencePlatform = process.platform === 'linux' && process.arch === 'x64';

describe('preprocessImage against transformers', () => {
  it.each(shapes)('$width x $height', ({ width, height, seed, processed }) => {
    const image = noiseImage({ width, height }, seed);
    const { side, resized, croppedSha256, sha256: digest } = processed;
    expect(placeCrop(image, side)).toMatchObject(resized);
    expect(sha256(resizeAndCrop(image, side).data)).toBe(croppedSha256);
    const { pixelValues, imageTokenCount } = preprocessImage(image, settingsOf(side, side === 512 ? 16 : side));
    expect(pixelValues.length).toBe(3 * side * side);
    expect(sha256(pixelValues)).toBe(digest);
    expect(imageTokenCount).toBe(side === 512 ? 1024 : 1);
  });

  it.each(files.filter(({ file }) => isReferencePlatform || /\.(?:png|gif)$/.test(file)))(
    '$file',
    async ({ file, processed }) => {
      const image = await decodeImage(goldenImageBytes(file), file, { transparency: 'blend-all' });
      expect(processed.length).toBe(2);
      for (const { side, croppedSha256, sha256: digest } of processed) {
        expect(sha256(resizeAndCrop(image, side).data)).toBe(croppedSha256);
        expect(sha256(preprocessImage(image, settingsOf(side)).pixelValues)).toBe(digest);
      }
    },
  );
});

describe('the geometry', () => {
  it('keeps fractions of a pixel of what is cut off', () => {
    const { geometry } = preprocessImage(noiseImage({ width: 640, height: 480 }, 1), settingsOf(512, 16));
    // 512 * 640 / 480 = 682.67, cut off; (682 - 512) / 2 = 85 columns go on the left, 85 on the right.
    expect(geometry).toEqual({
      sourceWidth: 640,
      sourceHeight: 480,
      resizedWidth: 512,
      resizedHeight: 512,
      resize: 'crop',
      crop: { x: (85 * 640) / 682, y: 0, width: (512 * 640) / 682, height: 480 },
      gridRows: 32,
      gridColumns: 32,
    });
    expect(imageGeometrySchema.parse(JSON.parse(JSON.stringify(geometry)))).toEqual(geometry);
  });

  it('leaves the odd pixel of a crop on the far side', () => {
    // 64 * 101 / 64 = 101: 37 rows too many, 18 above and 19 below.
    expect(placeCrop({ width: 64, height: 101 }, 64)).toEqual({ width: 64, height: 101, left: 0, top: 18 });
  });

  it.each([
    [400, 150],
    [150, 400],
    [90, 70],
  ])('puts the slots of %i x %i where their pixels come from', (width, height) => {
    // Red rises from left to right, green from top to bottom.
    const data = new Uint8Array(width * height * 3);
    for (let i = 0; i < width * height; i++) {
      data[3 * i] = Math.round((255 * ((i % width) + 0.5)) / width);
      data[3 * i + 1] = Math.round((255 * (Math.floor(i / width) + 0.5)) / height);
    }
    const { pixelValues, geometry } = preprocessImage(rgbImage(width, height, data), settingsOf(128, 32));
    const meanOf = (channel: number, slot: number): number => {
      let sum = 0;
      for (let i = 0; i < 32 * 32; i++) {
        const row = Math.floor(slot / 4) * 32 + Math.floor(i / 32);
        const column = (slot % 4) * 32 + (i % 32);
        sum += ((pixelValues[channel * 128 * 128 + row * 128 + column] ?? 0) + 1) / rescaleFactor;
      }
      return sum / (32 * 32);
    };
    for (let slot = 0; slot < 16; slot++) {
      const box = slotBox(geometry, slot);
      const centre = [(255 * (box.x + box.width / 2)) / width, (255 * (box.y + box.height / 2)) / height];
      // The ramps are rounded to bytes, and bent a little at the edges.
      expect(Math.abs(meanOf(0, slot) - (centre[0] ?? 0))).toBeLessThan(1);
      expect(Math.abs(meanOf(1, slot) - (centre[1] ?? 0))).toBeLessThan(1);
    }
  });
});

it('refuses a side that slots do not divide', async () => {
  await expectFailure(
    () => preprocessImage(noiseImage({ width: 4, height: 4 }, 1), settingsOf(65, 16)),
    'invalid-settings',
  );
});
