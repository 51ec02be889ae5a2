/**
 * Draws SCAFFOLD's dot matrix on a copy of an image. Dots and labels are vector outlines that sharp's librsvg fills:
 * no font of the machine is looked up (docs/decisions/0020-labels-from-outlines.md).
 */
import sharp, { type OverlayOptions } from 'sharp';
import { labelLineHeight, placeDots, type Dot, type DotMatrix, type DotPlacement } from './dot-matrix.ts';
import { ascender, labelGlyphs, unitsPerEm } from './label-glyphs.ts';
import { rgbImage, type RgbImage } from './rgb-image.ts';

/** From a dot's centre to the left end of its label, in pixels. */
const labelOffset = 3;

export type DotOverlay = Readonly<{ ok: true; image: RgbImage }> | Extract<DotPlacement, { ok: false }>;

/** The image with the dot matrix on it, in the same size; or, as `placeDots` says, why there is none. */
export async function drawDotMatrix(image: RgbImage): Promise<DotOverlay> {
  const placement = placeDots(image);
  if (!placement.ok) return placement;
  const { width, height, data } = image;
  const { matrix } = placement;
  const drawn = await sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false })
    .composite(matrix.dots.map((dot) => dotTile(dot, matrix)))
    .removeAlpha()
    .raw()
    .toBuffer();
  return { ok: true, image: rgbImage(width, height, new Uint8Array(drawn.buffer, drawn.byteOffset, drawn.length)) };
}

/** One dot with its label as a picture of its own: one of the whole image would have to be held a second time. */
function dotTile({ x, y, colour, label }: Dot, { radius, letterHeight }: DotMatrix): OverlayOptions {
  const scale = letterHeight / unitsPerEm;
  // Whole pixels, as where text is set by a font's rounded metrics.
  const baseline = radius + Math.ceil(ascender * scale);
  const { outlines, advance } = labelOutlines(label);
  const width = Math.max(2 * radius + 1, radius + labelOffset + Math.ceil(advance * scale));
  const height = radius + Math.max(radius + 1, labelLineHeight(letterHeight));
  const text = `<g transform="translate(${radius + labelOffset} ${baseline}) scale(${scale} ${-scale})">${outlines}</g>`;
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" fill="${colour}">` +
    `<path d="${discOutline(radius)}"/>${text}</svg>`;
  return { input: Buffer.from(svg), left: x - radius, top: y - radius };
}

/** A label's glyphs one after the other, in font units from the origin. */
function labelOutlines(label: string): Readonly<{ outlines: string; advance: number }> {
  let advance = 0;
  let outlines = '';
  for (const character of label) {
    const glyph = labelGlyphs.get(character);
    if (glyph === undefined) throw new Error(`no outline of ${character}`);
    outlines += `<path transform="translate(${advance})" d="${glyph.outline}"/>`;
    advance += glyph.advance;
  }
  return { outlines, advance };
}

/** A dot of whole pixels, as the original's are, in a square of 2 * radius + 1: one box for each row of pixels. */
function discOutline(radius: number): string {
  let outline = '';
  for (let dy = -radius; dy <= radius; dy++) {
    let reach = 0;
    while ((reach + 1) ** 2 + dy ** 2 < radius ** 2 + radius) reach += 1;
    outline += `M${radius - reach} ${radius + dy}h${2 * reach + 1}v1h${-(2 * reach + 1)}z`;
  }
  return outline;
}
