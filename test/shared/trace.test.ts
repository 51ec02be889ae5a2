/** The way from slots to pixels, and traces that earlier versions stored. */
import { describe, expect, it } from 'vitest';
import { fedBox, imageGeometrySchema, slotBox } from '../../src/shared/trace.ts';

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

it('refuses a cropped image without its crop', () => {
  expect(imageGeometrySchema.safeParse({ ...stored, resize: 'crop' }).success).toBe(false);
});
