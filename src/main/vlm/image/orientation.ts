/** EXIF's orientation: which of the eight flips and turns a picture needs to stand upright. */
import { rgbImage, type RgbImage } from './rgb-image.ts';

/**
 * Turns the picture upright. `orientation` is EXIF's number; 1 and whatever is not in 2..8 leave it as it is.
 * From 5 on width and height change places.
 */
export function turnUpright(image: RgbImage, orientation: number): RgbImage {
  if (!Number.isInteger(orientation) || orientation < 2 || orientation > 8) return image;
  const swapsAxes = orientation >= 5;
  /** Where the upright picture's left and top are in the stored one. */
  const fromRight = orientation === 2 || orientation === 3 || orientation === 7 || orientation === 8;
  const fromBottom = orientation === 3 || orientation === 4 || orientation === 6 || orientation === 7;
  const width = swapsAxes ? image.height : image.width;
  const height = swapsAxes ? image.width : image.height;
  const data = new Uint8Array(image.data.length);
  let to = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to += 3) {
      const alongX = swapsAxes ? y : x;
      const alongY = swapsAxes ? x : y;
      const sourceX = fromRight ? image.width - 1 - alongX : alongX;
      const sourceY = fromBottom ? image.height - 1 - alongY : alongY;
      const from = (sourceY * image.width + sourceX) * 3;
      data[to] = image.data[from] ?? 0;
      data[to + 1] = image.data[from + 1] ?? 0;
      data[to + 2] = image.data[from + 2] ?? 0;
    }
  }
  return rgbImage(width, height, data);
}

/** The orientation in an XMP packet, which Pillow looks for where EXIF has none; 1 without one. */
export function orientationInXmp(xmp: string): number {
  const match = /tiff:Orientation(?:="|>)(?<orientation>[0-9])/.exec(xmp);
  return Number(match?.groups?.['orientation'] ?? 1);
}
