import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { roundHalfToEven, smartResize } from '../../../src/main/backbones/qwen2-vl/smart-resize.ts';
import { expectFailure } from '../../support/expect-failure.ts';
import { readGoldenJson } from '../../vlm/vlm-golden.ts';

const { smartResize: cases } = readGoldenJson(
  z.object({
    smartResize: z.array(
      z.object({
        height: z.int(),
        width: z.int(),
        factor: z.int(),
        minPixels: z.int(),
        maxPixels: z.int(),
        resized: z.object({ height: z.int(), width: z.int() }).nullable(),
      }),
    ),
  }),
  'resize.json',
);

describe('smartResize', () => {
  it('gives the sizes of transformers on 400 shapes, and refuses what it refuses', async () => {
    expect(cases.length).toBe(400);
    for (const { width, height, factor, minPixels, maxPixels, resized } of cases) {
      const run = () => smartResize({ width, height }, factor, minPixels, maxPixels, 'x');
      // A side without pixels: the reference returns it and then crashes in the resize.
      if (resized === null || Math.min(resized.height, resized.width) < factor) {
        await expectFailure(run, 'malformed-image');
      } else expect(run(), `${width} x ${height}`).toEqual(resized);
    }
  });

  it('rounds halves to even, as Python does', () => {
    expect([0.5, 1.5, 2.5, 3.5, 2.4999, 2.6, 7].map(roundHalfToEven)).toEqual([0, 2, 2, 4, 2, 3, 7]);
    expect(smartResize({ width: 98, height: 70 }, 28, 3136, 1e6, 'x')).toEqual({ width: 112, height: 56 });
  });

  it('allows an aspect ratio of 200 and nothing above', async () => {
    expect(smartResize({ width: 5600, height: 28 }, 28, 3136, 1e7, 'x')).toEqual({ width: 5600, height: 28 });
    const failure = await expectFailure(
      () => smartResize({ width: 5601, height: 28 }, 28, 3136, 1e7, 'thin.png'),
      'malformed-image',
    );
    expect(failure).toMatchObject({ file: 'thin.png', found: '5601 x 28 pixels' });
  });
});
