/** The way from slots to pixels, and traces that earlier versions stored. */
import { describe, expect, it } from 'vitest';
import { cutBoxes, fedBox, imageGeometrySchema, slotBox } from '../../src/shared/trace.ts';

const stored = {
  sourceWidth: 300,
  sourceHeight: 200,
  resizedWidth: 84,
  resizedHeight: 112,
  gridRows: 4,
  gridColumns: 3,
};

describe('slotBox', () => {
  it.each(['stretch', 'dynamic'] as const)('spreads the slots of a %s image of earlier versions', (resize) => {
    const geometry = imageGeometrySchema.parse({ ...stored, resize });
    expect(slotBox(geometry, 0)).toEqual({ x: 0, y: 0, width: 100, height: 50 });
    expect(slotBox(geometry, 11)).toEqual({ x: 200, y: 150, width: 100, height: 50 });
    expect(fedBox(geometry)).toEqual({ x: 0, y: 0, width: 300, height: 200 });
  });

  it('begins the slots of a cropped image at the crop', () => {
    const crop = { x: 50.5, y: 0, width: 199, height: 200 };
    const geometry = imageGeometrySchema.parse({ ...stored, resize: 'crop', gridColumns: 4, crop });
    expect(fedBox(geometry)).toEqual(crop);
    expect(slotBox(geometry, 0)).toEqual({ x: 50.5, y: 0, width: 49.75, height: 50 });
    expect(slotBox(geometry, 15)).toEqual({ x: 50.5 + 3 * 49.75, y: 150, width: 49.75, height: 50 });
  });
});

describe('cutBoxes', () => {
  const cutOf = (crop: object) => cutBoxes(imageGeometrySchema.parse({ ...stored, resize: 'crop', crop }));

  it('are the strips beside the crop of a wide image, and above and below that of a tall one', () => {
    expect(cutOf({ x: 50, y: 0, width: 199, height: 200 })).toEqual([
      { x: 0, y: 0, width: 50, height: 200 },
      { x: 249, y: 0, width: 51, height: 200 },
    ]);
    expect(cutOf({ x: 0, y: 20, width: 300, height: 150 })).toEqual([
      { x: 0, y: 0, width: 300, height: 20 },
      { x: 0, y: 170, width: 300, height: 30 },
    ]);
  });

  it('are none where the whole image was fed, but for what rounding leaves', () => {
    expect(cutBoxes(imageGeometrySchema.parse({ ...stored, resize: 'stretch' }))).toEqual([]);
    expect(cutOf({ x: 0, y: 1e-9, width: 300, height: 199.999999 })).toEqual([]);
  });
});

it('refuses a cropped image without its crop', () => {
  expect(imageGeometrySchema.safeParse({ ...stored, resize: 'crop' }).success).toBe(false);
});
