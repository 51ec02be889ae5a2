/**
 * Decoded pixels against Pillow's, through the released code's path. Every case is equal bit for bit where the JPEG
 * and WebP decoders are the bundled ones this was written on (Linux x64); `within 1/255` is what is promised
 * anywhere, so that another build of the same libraries does not fail the suite for one level.
 */
import { describe, expect, it } from 'vitest';
import { decodeImage, maxImageBytes } from '../../../src/main/vlm/image/decode.ts';
import { expectFailure } from '../../support/expect-failure.ts';
import { goldenChameleonImages } from '../chameleon-golden.ts';
import { goldenBytes, goldenImageBytes, goldenImages, sha256 } from '../vlm-golden.ts';

const isReferencePlatform = process.platform === 'linux' && process.arch === 'x64';

describe('decodeImage against Pillow', () => {
  it('covers the kinds of files', () => {
    expect(goldenImages.cases.length).toBeGreaterThanOrEqual(40);
    expect(new Set(goldenImages.cases.map(({ mode }) => mode))).toEqual(
      new Set(['1', 'L', 'LA', 'P', 'RGB', 'RGBA', 'CMYK', 'I;16']),
    );
  });

  it.each(goldenImages.cases)('$file ($mode)', async ({ file, width, height, sha256: digest, rgb }) => {
    const image = await decodeImage(goldenImageBytes(file), file);
    expect([image.width, image.height]).toEqual([width, height]);
    if (rgb !== undefined) {
      const expected = goldenBytes(rgb);
      const largest = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - (image.data[i] ?? 0))), 0);
      expect(largest).toBeLessThanOrEqual(1);
    }
    if (isReferencePlatform || file.endsWith('.png') || file.endsWith('.gif')) {
      expect(sha256(image.data)).toBe(digest);
    }
  });
});

describe('decodeImage with transparency blended, against Pillow and the formula of Chameleon’s processor', () => {
  it.each(goldenChameleonImages.files)('$file', async ({ file, width, height, sha256: digest }) => {
    const image = await decodeImage(goldenImageBytes(file), file, { transparency: 'blend-all' });
    expect([image.width, image.height]).toEqual([width, height]);
    if (isReferencePlatform || file.endsWith('.png') || file.endsWith('.gif')) {
      expect(sha256(image.data)).toBe(digest);
    }
  });

  it.each(goldenChameleonImages.greys)('$bits-bit grey with a transparent $key', async ({ png, greys }) => {
    const image = await decodeImage(Buffer.from(png, 'base64'), 'grey.png', { transparency: 'blend-all' });
    expect([...image.data]).toEqual(greys.flatMap((grey) => [grey, grey, grey]));
  });
});

describe('decodeImage refuses', () => {
  it.each(['rgb.png', 'palette.png', 'jpeg-420-odd.jpg', 'jpeg-progressive.jpg', 'webp-lossy.webp', 'gif.gif'])(
    'a truncated %s',
    async (file) => {
      const bytes = goldenImageBytes(file);
      for (const share of [0.2, 0.5, 0.8, 0.95]) {
        const part = bytes.subarray(0, Math.floor(bytes.length * share));
        const failure = await expectFailure(() => decodeImage(part, 'part.img'), 'malformed-image');
        expect(failure.file).toBe('part.img');
        expect(failure.found).not.toBe('');
      }
    },
  );

  it.each([
    ['BMP', 'BM\0\0\0\0'],
    ['TIFF', 'II*\0\0\0\0\0'],
    ['AVIF', '\0\0\0\u0020ftypavif'],
    ['HEIC', '\0\0\0\u0020ftypheic'],
    ['SVG', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
    ['PDF', '%PDF-1.7'],
    ['Git LFS pointer', 'version https://git-lfs.github.com/spec/v1\noid sha256:0'],
  ])('%s by name', async (name, start) => {
    const failure = await expectFailure(() => decodeImage(Buffer.from(start, 'latin1'), 'x'), 'malformed-image');
    expect(failure.message).toContain(name);
    expect(failure.expected).toContain('PNG');
  });

  it.each([
    ['no bytes', ''],
    ['text', 'not an image at all'],
    ['a bare PNG signature', '\u0089PNG\r\n\u001a\n'],
    ['a bare JPEG start', '\u00ff\u00d8\u00ff\u00e0'],
    ['an empty RIFF', 'RIFF\0\0\0\0WEBP'],
    ['a bare GIF header', 'GIF89a'],
  ])('%s', async (_, content) => {
    await expectFailure(() => decodeImage(Buffer.from(content, 'latin1'), 'x'), 'malformed-image');
  });

  it('a damaged checksum', async () => {
    const bytes = Uint8Array.from(goldenImageBytes('rgb.png'));
    bytes[bytes.length - 40] = (bytes[bytes.length - 40] ?? 0) ^ 0xff;
    await expectFailure(() => decodeImage(bytes, 'x.png'), 'malformed-image');
  });

  it('more pixels than the limit, from the header alone', async () => {
    const bytes = Uint8Array.from(goldenImageBytes('rgb.png'));
    const header = new DataView(bytes.buffer);
    header.setUint32(16, 60_000);
    header.setUint32(20, 50_000);
    // A valid checksum for the changed header: the decoder would otherwise stop at it.
    header.setUint32(29, crc32(bytes.subarray(12, 29)));
    const failure = await expectFailure(() => decodeImage(bytes, 'huge.png'), 'image-too-large');
    expect(failure.found).toBe('60000 x 50000 pixels');
  });

  it('more bytes than the limit', async () => {
    await expectFailure(() => decodeImage(new Uint8Array(maxImageBytes + 1), 'huge.png'), 'image-too-large');
  });
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ ((crc & 1) === 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
