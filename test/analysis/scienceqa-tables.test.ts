import { describe, expect, it } from 'vitest';
import { scienceqaTables, type ScienceqaRow } from '../../src/main/analysis/scienceqa-tables.ts';

const row = (domain: string, grade: string, modality: string, right: boolean): ScienceqaRow => ({
  domain,
  attributes: { grade, modality },
  outcome: right ? 'right' : 'wrong',
});

describe('scienceqaTables', () => {
  it('counts by subject, modality and grade; a question with text and image counts in both', () => {
    const rows = [
      row('natural science', 'grade2', 'TXT', true),
      row('natural science', 'grade6', 'TXT+IMG', false),
      row('social science', 'grade7', 'IMG', true),
      row('language science', 'grade12', 'NO', false),
      { ...row('language science', 'grade1', 'NO', false), outcome: 'failed' as const },
    ];
    expect(scienceqaTables(rows).map(({ group, label, total, correct }) => [group, label, correct, total])).toEqual([
      ['subject', 'natural science', 1, 2],
      ['subject', 'social science', 1, 1],
      ['subject', 'language science', 0, 2],
      ['modality', 'TXT', 1, 2],
      ['modality', 'IMG', 1, 2],
      ['modality', 'NO', 0, 2],
      ['grade', 'grades 1-6', 1, 3],
      ['grade', 'grades 7-12', 1, 2],
    ]);
  });

  it('leaves out columns without questions, and datasets of another kind', () => {
    expect(scienceqaTables([row('natural science', 'grade3', 'IMG', true)]).map(({ label }) => label)).toEqual([
      'natural science',
      'IMG',
      'grades 1-6',
    ]);
    expect(scienceqaTables([{ domain: 'science', attributes: {}, outcome: 'right' }])).toEqual([]);
  });

  it('gives each row its Wilson interval', () => {
    // 1 of 1, z = 1.959964: centre (1 + z²/2) / (1 + z²), half-width z · sqrt(z²/4) / (1 + z²).
    const [first] = scienceqaTables([row('natural science', 'grade3', 'IMG', true)]);
    expect(first?.accuracy?.low).toBeCloseTo(0.2065, 4);
    expect(first?.accuracy?.high).toBeCloseTo(1, 10);
  });
});
