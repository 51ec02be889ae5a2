import { describe, expect, it } from 'vitest';
import { scienceqaTables, type ScienceqaCount } from '../../src/main/analysis/scienceqa-tables.ts';

const row = (domain: string, grade: string, modality: string, right: boolean, count = 1): ScienceqaCount => ({
  domain,
  grade,
  modality,
  count,
  outcome: right ? 'right' : 'wrong',
});

describe('scienceqaTables', () => {
  it('counts by subject, modality and grade; a question with text and image counts in both', () => {
    const rows = [
      row('natural science', 'grade2', 'TXT', true),
      row('natural science', 'grade6', 'TXT+IMG', false),
      row('social science', 'grade7', 'IMG', true),
      row('language science', 'grade12', 'NO', false),
      { ...row('language science', 'grade1', 'NO', false, 3), outcome: 'failed' as const },
    ];
    expect(scienceqaTables(rows).map(({ group, label, total, correct }) => [group, label, correct, total])).toEqual([
      ['subject', 'natural science', 1, 2],
      ['subject', 'social science', 1, 1],
      ['subject', 'language science', 0, 4],
      ['modality', 'TXT', 1, 2],
      ['modality', 'IMG', 1, 2],
      ['modality', 'NO', 0, 4],
      ['grade', 'grades 1-6', 1, 5],
      ['grade', 'grades 7-12', 1, 2],
    ]);
  });

  it('leaves out columns without questions', () => {
    expect(scienceqaTables([row('natural science', 'grade3', 'IMG', true)]).map(({ label }) => label)).toEqual([
      'natural science',
      'IMG',
      'grades 1-6',
    ]);
    expect(scienceqaTables([])).toEqual([]);
  });

  it('gives each row its Wilson interval', () => {
    // 1 of 1, z = 1.959964: centre (1 + z²/2) / (1 + z²), half-width z · sqrt(z²/4) / (1 + z²).
    const [first] = scienceqaTables([row('natural science', 'grade3', 'IMG', true)]);
    expect(first?.accuracy?.low).toBeCloseTo(0.2065, 4);
    expect(first?.accuracy?.high).toBeCloseTo(1, 10);
  });
});
