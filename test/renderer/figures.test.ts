/** Figures as the comparison's tables show them. */
import { describe, expect, it } from 'vitest';
import {
  percentInterval,
  points,
  pointsInterval,
  pValueText,
  secondsText,
} from '../../src/renderer/src/features/compare/figures.ts';

describe('figures of a comparison', () => {
  it('are percentage points with a sign, a true minus for losses', () => {
    expect([points(0.021), points(-0.4), points(0)]).toEqual(['+2.1', '−40.0', '+0.0']);
    expect(pointsInterval({ estimate: 0.021, low: -0.0126, high: 0.0544 })).toBe('−1.3 to +5.4');
  });

  it('are percent for shares', () => {
    expect(percentInterval({ estimate: 0.7, low: 0.527, high: 0.826 })).toBe('52.7 – 82.6');
  });

  it('never call a p-value zero', () => {
    expect(pValueText(1e-9)).toBe('<\u00a00.0001');
    expect(pValueText(0.0001)).toBe('0.0001');
    expect(pValueText(1)).toBe('1.0000');
  });

  it('say where seconds are unknown', () => {
    expect([secondsText(0.0654), secondsText(null)]).toEqual(['0.065', '–']);
  });
});
