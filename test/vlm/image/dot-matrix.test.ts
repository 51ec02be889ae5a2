/** SCAFFOLD's dots: places, radius, letters and colours worked out by hand from its description. */
import { describe, expect, it } from 'vitest';
import { placeDots, type DotMatrix } from '../../../src/main/vlm/image/dot-matrix.ts';
import { rgbImage, type RgbImage } from '../../../src/main/vlm/image/rgb-image.ts';

function plainImage(width: number, height: number, [red, green, blue]: readonly [number, number, number]): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let at = 0; at < data.length; at += 3) data.set([red, green, blue], at);
  return rgbImage(width, height, data);
}

function matrixOf(image: RgbImage): DotMatrix {
  const placement = placeDots(image);
  if (!placement.ok) throw new Error(placement.reason);
  return placement.matrix;
}

const black = [0, 0, 0] as const;

describe('placeDots', () => {
  it.each([
    // 640/7 = 91.4.., 480/7 = 68.5..
    {
      width: 640,
      height: 480,
      xs: [91, 182, 274, 365, 457, 548],
      ys: [68, 137, 205, 274, 342, 411],
      radius: 2,
      letterHeight: 16,
    },
    // 700 and 350 divide by 7.
    {
      width: 350,
      height: 700,
      xs: [50, 100, 150, 200, 250, 300],
      ys: [100, 200, 300, 400, 500, 600],
      radius: 1,
      letterHeight: 8,
    },
    // 336/7 = 48; 336/240 = 1.4
    {
      width: 336,
      height: 336,
      xs: [48, 96, 144, 192, 240, 288],
      ys: [48, 96, 144, 192, 240, 288],
      radius: 1,
      letterHeight: 8,
    },
    // 1919/7 = 274.1.., 1079/7 = 154.1..; 1919/240 = 7.99.., 1919/40 = 47.97..
    {
      width: 1919,
      height: 1079,
      xs: [274, 548, 822, 1096, 1370, 1644],
      ys: [154, 308, 462, 616, 770, 924],
      radius: 7,
      letterHeight: 47,
    },
  ])('$width x $height', ({ width, height, xs, ys, radius, letterHeight }) => {
    const matrix = matrixOf(plainImage(width, height, black));
    expect(matrix).toMatchObject({ radius, letterHeight });
    expect(matrix.dots.map(({ x, y }) => [x, y])).toEqual(ys.flatMap((y) => xs.map((x) => [x, y])));
  });

  it('labels rows from the top and columns from the left, row first', () => {
    const { dots } = matrixOf(plainImage(640, 480, black));
    expect(dots.map(({ label }) => label).slice(0, 8)).toEqual([
      '(1,1)',
      '(1,2)',
      '(1,3)',
      '(1,4)',
      '(1,5)',
      '(1,6)',
      '(2,1)',
      '(2,2)',
    ]);
    // Second row, fifth column: below the first, to the right.
    expect(dots.find(({ label }) => label === '(2,5)')).toMatchObject({ row: 2, column: 5, x: 457, y: 137 });
  });

  it.each([
    { colour: 'white', pixel: [0, 0, 0] },
    { colour: 'black', pixel: [255, 255, 255] },
    // 382 and 383: just below and above half of 765.
    { colour: 'white', pixel: [127, 127, 128] },
    { colour: 'black', pixel: [128, 127, 128] },
    // The sum counts, not how bright the colour looks.
    { colour: 'white', pixel: [0, 255, 127] },
    { colour: 'black', pixel: [0, 255, 128] },
  ] as const)('is $colour on $pixel', ({ colour, pixel }) => {
    expect(new Set(matrixOf(plainImage(240, 240, pixel)).dots.map((dot) => dot.colour))).toEqual(new Set([colour]));
  });

  it("takes each dot's colour from its own pixel", () => {
    const image = plainImage(350, 350, black);
    // Column 3, row 2.
    image.data.set([255, 255, 255], (100 * 350 + 150) * 3);
    const { dots } = matrixOf(image);
    expect(dots.filter(({ colour }) => colour === 'black').map(({ label }) => label)).toEqual(['(2,3)']);
  });
});

describe('images that are no place for it', () => {
  it.each([
    { width: 1, height: 1 },
    { width: 199, height: 600 },
  ])('$width x $height: letters of 4 pixels or fewer', ({ width, height }) => {
    expect(placeDots(plainImage(width, height, black))).toEqual({
      ok: false,
      reason: 'letters-too-small',
      expected: 'a width of at least 200 pixels',
      found: `${width} x ${height} pixels`,
    });
  });

  // 960 wide: letters of 24 pixels need 24 * 2288 / 2048 = 26.8, so 27, and the dot below another 4: 31 * 7 = 217.
  it('rows closer than a label is high', () => {
    expect(placeDots(plainImage(960, 216, black))).toEqual({
      ok: false,
      reason: 'rows-too-close',
      expected: 'a height of at least 217 pixels at this width',
      found: '960 x 216 pixels',
    });
    expect(placeDots(plainImage(960, 217, black)).ok).toBe(true);
  });

  it('the smallest that is: 200 pixels wide', () => {
    expect(matrixOf(plainImage(200, 200, black))).toMatchObject({ radius: 1, letterHeight: 5 });
  });
});
