import { describe, expect, it } from 'vitest';
import { axisTicks, tickDigits } from '../../src/renderer/src/components/axis-ticks.ts';
import { percent } from '../../src/renderer/src/components/numbers.ts';

const plain = (value: number, digits: number): string => value.toFixed(digits);
const labelsOf = (ticks: readonly number[], format: (value: number, digits: number) => string): string[] =>
  ticks.map((tick) => format(tick, tickDigits(ticks, format)));

describe('ticks of an axis', () => {
  it('that lie close have as many decimals as tell them apart', () => {
    const ticks = axisTicks([0.0712, 0.0767, 0.0741]);
    expect(labelsOf(ticks, plain)).toEqual(['0.070', '0.072', '0.074', '0.076', '0.078']);
  });

  it('have no more decimals than they need', () => {
    expect(labelsOf(axisTicks([0, 0.37]), percent)).toEqual(['0 %', '10 %', '20 %', '30 %', '40 %']);
    expect(labelsOf(axisTicks([0, 0.012]), percent)).toEqual(['0.0 %', '0.5 %', '1.0 %', '1.5 %']);
    expect(labelsOf(axisTicks([3, 3.9]), plain)).toEqual(['3.0', '3.5', '4.0']);
  });

  it('enclose the values, whatever they are', () => {
    for (const values of [[5], [0], [-0.3, 0.3], [1e-7, 3e-7], [99_999, 100_001], [0.1 + 0.2, 0.9]]) {
      const ticks = axisTicks(values);
      expect(ticks[0]).toBeLessThanOrEqual(Math.min(...values));
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(Math.max(...values));
      expect(ticks.length).toBeLessThanOrEqual(7);
      expect(new Set(labelsOf(ticks, plain)).size).toBe(ticks.length);
    }
    expect(axisTicks([])).toEqual([0, 1]);
  });
});
