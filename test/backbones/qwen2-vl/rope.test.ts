/** Positions exactly transformers', cosines and sines within float32's last bits (its `pow` and `cos` round otherwise). */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { mropePositions, visionRotaryTable, type PlacedImage } from '../../../src/main/backbones/qwen2-vl/rope.ts';
import { plainPositions, rotaryTable } from '../../../src/main/backbones/positions.ts';
import type { TextDimensions, VisionDimensions } from '../../../src/shared/bundle.ts';
import { expectClose } from '../../support/expect-close.ts';
import { arraySchema, goldenFloats, readGoldenJson, sha256 } from '../../vlm/vlm-golden.ts';

const gridSchema = z.tuple([z.int(), z.int(), z.int()]);
const golden = readGoldenJson(
  z.object({
    layouts: z.array(
      z.object({
        images: z.array(z.object({ textBefore: z.int(), gridThw: gridSchema })),
        tail: z.int(),
        tokenCount: z.int(),
        delta: z.int(),
        sha256: z.string(),
        positions: z.array(z.array(z.int())).optional(),
      }),
    ),
    tables: z.array(
      z.object({
        ropeTheta: z.number(),
        headSize: z.int(),
        mropeSections: z.array(z.int()),
        positions: z.array(z.array(z.int())),
        cos: arraySchema,
        sin: arraySchema,
      }),
    ),
    visionTables: z.array(
      z.object({
        embedDim: z.int(),
        headCount: z.int(),
        gridThw: gridSchema,
        cos: arraySchema,
        sin: arraySchema,
      }),
    ),
  }),
  'positions.json',
);

const text: TextDimensions = {
  hiddenSize: 32,
  layerCount: 1,
  headCount: 2,
  keyValueHeadCount: 1,
  headSize: 16,
  intermediateSize: 32,
  vocabularySize: 100,
  rmsNormEpsilon: 1e-6,
  ropeTheta: 1e6,
  mropeSections: [2, 3, 3],
  maxPositions: 32_768,
  tiedEmbeddings: true,
};
const vision: VisionDimensions = {
  depth: 1,
  embedDim: 32,
  headCount: 2,
  intermediateSize: 64,
  patchSize: 14,
  temporalPatchSize: 2,
  spatialMergeSize: 2,
  channelCount: 3,
};

describe('mropePositions', () => {
  it('equals get_rope_index on 200 layouts with up to four images', () => {
    expect(golden.layouts.length).toBe(200);
    for (const { images, tail, tokenCount, delta, sha256: digest, positions } of golden.layouts) {
      const placed: PlacedImage[] = [];
      let at = 0;
      for (const { textBefore, gridThw } of images) {
        const count = (gridThw[1] * gridThw[2]) / 4;
        placed.push({ start: at + textBefore, count, gridThw });
        at += textBefore + count;
      }
      expect(at + tail).toBe(tokenCount);
      const found = mropePositions(tokenCount, placed, 2);
      if (positions !== undefined) expect(Array.from(found.positions)).toEqual(positions.flat());
      expect(sha256(found.positions)).toBe(digest);
      expect(found.next - tokenCount).toBe(delta);
    }
  });

  it('is plain without images', () => {
    expect(mropePositions(7, [], 2)).toEqual(plainPositions(7));
    expect(plainPositions(2, 5)).toEqual({ positions: Int32Array.of(5, 6, 5, 6, 5, 6), next: 7 });
  });

  it('takes spans that do not fit their grids for a bug', () => {
    const gridThw = [1, 4, 4] as const;
    expect(() => mropePositions(9, [{ start: 1, count: 5, gridThw }], 2)).toThrow(/does not fit/);
    expect(() => mropePositions(4, [{ start: 1, count: 4, gridThw }], 2)).toThrow(/does not fit/);
  });
});

describe('rotary tables', () => {
  it.each(golden.tables)('of a head of $headSize with base $ropeTheta', (table) => {
    const { positions, cos, sin, ...dimensions } = table;
    const found = rotaryTable(Int32Array.from(positions.flat()), { ...text, ...dimensions });
    // Measured: 6e-8 for positions up to 350, 2.1e-7 at 31,999 (an inverse frequency's last place, multiplied).
    expectClose(found.cos, goldenFloats(cos), { absolute: 5e-7 }, 'cos');
    expectClose(found.sin, goldenFloats(sin), { absolute: 5e-7 }, 'sin');
  });

  it.each(golden.visionTables)('of vision patches, grid $gridThw, $embedDim / $headCount', (table) => {
    const { gridThw, cos, sin, ...dimensions } = table;
    const found = visionRotaryTable(gridThw, { ...vision, ...dimensions });
    expectClose(found.cos, goldenFloats(cos), { absolute: 1e-7 }, 'cos');
    expectClose(found.sin, goldenFloats(sin), { absolute: 1e-7 }, 'sin');
  });

  it('takes sections that do not fill a head for a bug', () => {
    expect(() => rotaryTable(Int32Array.of(0, 0, 0), { ...text, mropeSections: [1, 2, 3] })).toThrow(/add up/);
  });
});
