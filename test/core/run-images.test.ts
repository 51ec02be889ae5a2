/** Images as faces get them: what browsers show stays as it is, the rest is re-encoded, sizes are kept in bounds. */
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { createRunImages } from '../../src/main/core/run-images.ts';
import { expectFailure } from '../support/expect-failure.ts';

const picture = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#446688' } });

/** A reader of one image that counts how often it was asked. */
function imagesOf(bytes: Uint8Array, cacheBytes?: number) {
  const asked: string[] = [];
  const images = createRunImages((runId, sampleId) => {
    asked.push(`${runId}/${sampleId}`);
    return Promise.resolve(bytes);
  }, cacheBytes);
  return { images, asked };
}

describe('images', () => {
  it.each(['png', 'jpeg', 'webp', 'gif'] as const)('in %s are passed on byte for byte', async (format) => {
    const bytes = await picture(30, 20).toFormat(format).toBuffer();
    const served = await imagesOf(bytes).images.read('r', 's', null);
    expect(served.contentType).toBe(`image/${format}`);
    expect(Buffer.from(served.bytes).equals(bytes)).toBe(true);
  });

  it('that browsers do not show become PNG, SVG with its scripts among them', async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="6"><script>alert(1)</script></svg>';
    for (const bytes of [await picture(8, 6).tiff().toBuffer(), Buffer.from(svg)]) {
      const served = await imagesOf(bytes).images.read('r', 's', null);
      expect(served.contentType).toBe('image/png');
      expect(await sharp(served.bytes).metadata()).toMatchObject({ format: 'png', width: 8, height: 6 });
    }
  });

  it('are scaled to fit and never enlarged', async () => {
    const { images } = imagesOf(await picture(300, 120).png().toBuffer());
    expect(await sharp((await images.read('r', 's', 128)).bytes).metadata()).toMatchObject({ width: 128, height: 51 });
    expect(await sharp((await images.read('r', 's', 1024)).bytes).metadata()).toMatchObject({
      width: 300,
      height: 120,
    });
  });

  it('are scaled once', async () => {
    const { images, asked } = imagesOf(await picture(300, 120).png().toBuffer());
    const [first, second] = [await images.read('r', 's', 64), await images.read('r', 's', 64)];
    expect(second.etag).toBe(first.etag);
    expect(asked).toEqual(['r/s']);
  });

  it('that several readers ask for at once count once: the others are kept', async () => {
    const bytes = await picture(300, 120).png().toBuffer();
    const { bytes: scaled } = await imagesOf(bytes).images.read('r', 's', 64);
    const { images, asked } = imagesOf(bytes, 10 * scaled.byteLength);
    await images.read('r', 'first', 64);
    for (const sampleId of ['a', 'b', 'c', 'd']) {
      await Promise.all(Array.from({ length: 9 }, () => images.read('r', sampleId, 64)));
    }
    asked.length = 0;
    await images.read('r', 'first', 64);
    expect(asked).toEqual([]);
  });

  it('that are none are a typed failure', async () => {
    for (const bytes of [
      Buffer.from('no image'),
      Buffer.alloc(0),
      (await picture(9, 9).png().toBuffer()).subarray(0, 20),
    ]) {
      await expectFailure(() => imagesOf(bytes).images.read('r', 's', 64), 'malformed-image');
    }
  });
});
