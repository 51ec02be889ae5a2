/** The stream against hashes of another program, and its spread. */
import { describe, expect, it } from 'vitest';
import { uniformAt } from '../../src/main/engine/uniform-stream.ts';

describe('uniformAt', () => {
  it.each([
    // printf '7:m3cot-1:token:0:3' | sha256sum, and so on
    { seed: 7, sampleId: 'm3cot-1', callIndex: 0, tokenIndex: 3, prefix: 'f15aa5c28f1a' },
    { seed: 0, sampleId: '图:1', callIndex: 2, tokenIndex: 0, prefix: '4ef53ff865cb' },
  ])('is a prefix of SHA-256: $seed $sampleId', ({ seed, sampleId, callIndex, tokenIndex, prefix }) => {
    expect(uniformAt(seed, sampleId, callIndex, tokenIndex)).toBe(Number.parseInt(prefix, 16) / 2 ** 48);
  });

  it('fills [0, 1) evenly over tokens, calls and questions', () => {
    const bins = Array.from({ length: 10 }, () => 0);
    for (let index = 0; index < 10_000; index++) {
      const value = uniformAt(1, `q${index % 10}`, Math.floor(index / 10) % 10, Math.floor(index / 100));
      expect(value >= 0 && value < 1).toBe(true);
      bins[Math.floor(value * 10)] = (bins[Math.floor(value * 10)] ?? 0) + 1;
    }
    // 1,000 expected in each; five standard deviations are 150.
    for (const count of bins) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});
