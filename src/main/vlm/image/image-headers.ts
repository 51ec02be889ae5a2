/**
 * The few header fields that decide how Pillow reads a file and that the decoding library does not report: PNG's
 * colour type and bit depth, and the colour under a GIF's transparent pixels.
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

/**
 * The colour that Pillow shows where a GIF's first frame is transparent or does not reach: the palette's entry at
 * the transparent index (0 without one), since its conversion to RGB forgets transparency. Black where the file
 * ends early or has no palette.
 */
export function gifBackdrop(bytes: Uint8Array): Colour {
  const screenPacked = bytes[10] ?? 0;
  let table = 13;
  let at = 13 + colourTableLength(screenPacked);
  let transparentIndex = 0;
  while (at < bytes.length && bytes[at] !== 0x2c) {
    if (bytes[at] !== 0x21) return [0, 0, 0];
    const isGraphicControl = bytes[at + 1] === 0xf9;
    if (isGraphicControl && ((bytes[at + 3] ?? 0) & 1) === 1) transparentIndex = bytes[at + 6] ?? 0;
    at += 2 + subBlocksLength(bytes, at + 2);
  }
  const framePacked = bytes[at + 9] ?? 0;
  if (colourTableLength(framePacked) > 0) table = at + 10;
  else if (colourTableLength(screenPacked) === 0) return [0, 0, 0];
  const entry = table + 3 * transparentIndex;
  return [bytes[entry] ?? 0, bytes[entry + 1] ?? 0, bytes[entry + 2] ?? 0];
}
