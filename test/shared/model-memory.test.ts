/** The memory formula against the peaks that the import benchmark measured on whole models. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { bundleMemoryBytes } from '../../src/shared/model-memory.ts';
import { presets } from '../../bench/checkpoints/presets.ts';
import type { Precision } from '../../src/shared/bundle.ts';

const measuredSchema = z.object({
  details: z.record(
    z.string(),
    z.object({
      imported: z.object({ bundleBytes: z.number() }),
      answered: z.object({ peakMemoryBytes: z.number() }),
    }),
  ),
});
const file = new URL('../../bench/results/import.json', import.meta.url);
const { details } = measuredSchema.parse(JSON.parse(readFileSync(file, 'utf8')));

describe('memory of an engine', () => {
  it.each([
    ['2b', 'int4'],
    ['7b-2layers', 'int4'],
    ['7b-2layers', 'f32'],
  ] as const)('%s %s: within 10 %% of the measured peak', (name, precision: Precision) => {
    const measured = details[`${name} ${precision}`];
    if (measured === undefined) throw new Error(`no measurement of ${name} ${precision}`);
    const { text } = presets[name];
    const estimated = bundleMemoryBytes(
      { text, precision, sizeBytes: measured.imported.bundleBytes, embeddings: { file: '', dtype: 'bf16' } },
      1,
    );
    expect(estimated / measured.answered.peakMemoryBytes).toBeGreaterThan(0.9);
    expect(estimated / measured.answered.peakMemoryBytes).toBeLessThan(1.1);
  });
});
