/**
 * The few header fields that decide how Pillow reads a file and that the decoding library does not report: PNG's
 * colour type, bit depth and transparent grey, and the colour under a GIF's transparent pixels.
 *
 * Pixels are not read here. A header that ends early gives `null` or a default; the decoder then reports it.
 */

/** Colour type and bits of a channel, from IHDR, the first chunk. */
export type PngHeader = Readonly<{
  /** 0 grey, 2 RGB, 3 palette, 4 grey + alpha, 6 RGBA */
  colourType: number;
  /** 1, 2, 4, 8 or 16 */
  bitDepth: number;
}>;

export function readPngHeader(bytes: Uint8Array): PngHeader {
  return { bitDepth: bytes[24] ?? 0, colourType: bytes[25] ?? 0 };
}

/** Bytes before the first chunk, and of a chunk besides its data (length, name, checksum). */
const pngSignatureLength = 8;
const chunkFrame = 12;

/**
 * The grey that Pillow takes for transparent in a grey PNG with a transparent colour: its low byte, compared with
 * the pixel after widening or cutting off to 8 bits (a 2-bit grey of 2 is 170 by then, so nothing is transparent).
 * Null without one.
 */
export function pngTransparentGrey(bytes: Uint8Array): number | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = pngSignatureLength;
  while (at + chunkFrame <= bytes.length) {
    const length = view.getUint32(at);
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (name === 'IDAT') return null;
    if (name === 'tRNS' && length >= 2) {
      const low = bytes[at + 9] ?? 0;
      return readPngHeader(bytes).bitDepth === 1 && low !== 0 ? 255 : low;
    }
    at += chunkFrame + length;
  }
  return null;
}

export type Colour = readonly [red: number, green: number, blue: number];

/** Bytes that a GIF's chain of sub-blocks takes, its end mark included. */
function subBlocksLength(bytes: Uint8Array, start: number): number {
  let at = start;
  while (at < bytes.length && bytes[at] !== 0) at += 1 + (bytes[at] ?? 0);
  return at + 1 - start;
}

/** Bytes of a GIF colour table, from the packed field of the screen or of the frame; 0 where it has none. */
function colourTableLength(packed: number): number {
  return (packed & 0x80) === 0 ? 0 : 3 << ((packed & 0x07) + 1);
}

/** What a GIF's first frame leaves open. */
export type GifBackdrop = Readonly<{ colour: Colour; isTransparent: boolean }>;

/**
 * What Pillow has where a GIF's first frame is transparent or does not reach: the transparent index, or else index 0.
 * Its conversion to RGB forgets transparency and shows the palette's entry. Black where the file ends early or has
 * no palette.
 */
export function gifBackdrop(bytes: Uint8Array): GifBackdrop {
  const screenPacked = bytes[10] ?? 0;
  let table = 13;
  let at = 13 + colourTableLength(screenPacked);
  let transparentIndex: number | null = null;
  while (at < bytes.length && bytes[at] !== 0x2c) {
    if (bytes[at] !== 0x21) return { colour: [0, 0, 0], isTransparent: false };
    const isGraphicControl = bytes[at + 1] === 0xf9;
    if (isGraphicControl && ((bytes[at + 3] ?? 0) & 1) === 1) transparentIndex = bytes[at + 6] ?? 0;
    at += 2 + subBlocksLength(bytes, at + 2);
  }
  const isTransparent = transparentIndex !== null;
  const framePacked = bytes[at + 9] ?? 0;
  if (colourTableLength(framePacked) > 0) table = at + 10;
  else if (colourTableLength(screenPacked) === 0) return { colour: [0, 0, 0], isTransparent };
  const entry = table + 3 * (transparentIndex ?? 0);
  return { colour: [bytes[entry] ?? 0, bytes[entry + 1] ?? 0, bytes[entry + 2] ?? 0], isTransparent };
}
