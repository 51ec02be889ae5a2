/** Batch sizes of a model with the dimensions of Qwen2-VL-2B, worked out by hand from the formula's documented parts. */
import { describe, expect, it } from 'vitest';
import { suggestBatchSize } from '../../src/main/engine/batch-size.ts';
import { presets } from '../../bench/checkpoints/presets.ts';

const { text } = presets['2b'];
/**
 * 1,024 positions: keys and values 2 x 28 layers x 2 heads x 128 x 4 bytes, twice; activations 2 x 8,960 and scores
 * 12 x 1,024 of 4 bytes each; logits 151,936 x 4: 241.8 MB a question. Weights 1.533 GB, the head once more 0.263 GB,
 * the process 0.35 GB: 2.146 GB.
 */
const bundle = {
  text,
  precision: 'int4',
  sizeBytes: 1_533_252_608 + 151_936 * 1536 * 2,
  embeddings: { file: '', dtype: 'bf16' },
} as const;

describe('questions in a batch', () => {
  it.each([
    // A quarter of it: 1 GB.
    { freeBytes: 4e9, expected: 4 },
    { freeBytes: 100e9, expected: 8 },
    { freeBytes: 0.1e9, expected: 1 },
  ])('on the processor with $freeBytes bytes free: $expected', ({ freeBytes, expected }) => {
    expect(suggestBatchSize(bundle, { device: 'cpu', deviceMemoryBytes: null, freeBytes })).toBe(expected);
  });

  it.each([
    // 6.4 GB less 2.146 GB.
    { deviceMemoryBytes: 8e9, expected: 17 },
    // 70 by the formula.
    { deviceMemoryBytes: 24e9, expected: 64 },
    { deviceMemoryBytes: 2e9, expected: 1 },
    // 2 GiB for the questions alone.
    { deviceMemoryBytes: null, expected: 8 },
  ])('on a device with $deviceMemoryBytes bytes: $expected', ({ deviceMemoryBytes, expected }) => {
    for (const freeBytes of [1, 1e12])
      expect(suggestBatchSize(bundle, { device: 'webgpu', deviceMemoryBytes, freeBytes })).toBe(expected);
  });
});
