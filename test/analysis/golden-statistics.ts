/** Reference values of SciPy, statsmodels and NumPy; how they were made: trainer/golden/make_statistics.py. */
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { z } from 'zod';

const interval = z.tuple([z.number(), z.number()]);

const goldenSchema = z.object({
  wilson: z.array(
    z.object({
      correct: z.int(),
      total: z.int(),
      low: z.number(),
      high: z.number(),
      low99: z.number(),
      high99: z.number(),
    }),
  ),
  mcnemar: z.array(
    z.object({ rightToWrong: z.int(), wrongToRight: z.int(), statsmodels: z.number(), scipy: z.number() }),
  ),
  holm: z.array(z.object({ pValues: z.array(z.number()), corrected: z.array(z.number()) })),
  bootstrap: z.array(
    z.object({
      bothRight: z.int(),
      rightToWrong: z.int(),
      wrongToRight: z.int(),
      bothWrong: z.int(),
      /** Of the bootstrap distribution itself, without resampling. */
      exact: interval,
      scipy: interval.optional(),
      standardError: z.number().optional(),
    }),
  ),
  quantiles: z.array(z.object({ values: z.array(z.number()), mean: z.number(), median: z.number(), p90: z.number() })),
  logFactorials: z.array(z.object({ n: z.int(), value: z.number() })),
});

export const golden = goldenSchema.parse(
  JSON.parse(readFileSync(new URL('../golden/analysis/statistics.json', import.meta.url), 'utf8')),
);

/** Fails unless the two agree within `tolerance` times the larger of 1e-300 and the expected size. */
export function expectClose(actual: number | null | undefined, expected: number, tolerance = 1e-12): void {
  expect(actual).toBeTypeOf('number');
  expect(Math.abs((actual ?? Number.NaN) - expected)).toBeLessThanOrEqual(
    tolerance * Math.max(Math.abs(expected), 1e-300),
  );
}
