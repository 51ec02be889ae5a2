/**
 * ScienceQA's own tables: accuracy by subject, by what the question shows (text, image, neither) and by grade
 * (1-6, 7-12), as its paper reports them. A question with text and image counts in both of those columns.
 */
import type { AccuracyRow } from '../../shared/statistics.ts';
import type { Outcome } from './outcomes.ts';
import { wilsonInterval } from './proportion.ts';

export type ScienceqaRow = Readonly<{
  /** Subject: natural science, social science, language science. */
  domain: string;
  /** `grade` ("grade7") and `modality` (TXT, IMG, TXT+IMG, NO). */
  attributes: Readonly<Record<string, string>>;
  outcome: Outcome;
}>;

type Column = Readonly<{ group: string; label: string; holds: (row: ScienceqaRow) => boolean }>;

const columns: readonly Column[] = [
  ...['natural science', 'social science', 'language science'].map((subject) => ({
    group: 'subject',
    label: subject,
    holds: ({ domain }: ScienceqaRow) => domain === subject,
  })),
  ...['TXT', 'IMG', 'NO'].map((modality) => ({
    group: 'modality',
    label: modality,
    holds: ({ attributes }: ScienceqaRow) => (attributes['modality'] ?? '').split('+').includes(modality),
  })),
  { group: 'grade', label: 'grades 1-6', holds: (row) => isBetween(gradeOf(row), 1, 6) },
  { group: 'grade', label: 'grades 7-12', holds: (row) => isBetween(gradeOf(row), 7, 12) },
];

/** The tables' columns that hold a question; none for a dataset without grades and modalities. */
export function scienceqaTables(rows: readonly ScienceqaRow[]): AccuracyRow[] {
  if (!rows.some(({ attributes }) => attributes['grade'] !== undefined || attributes['modality'] !== undefined)) {
    return [];
  }
  return columns.flatMap(({ group, label, holds }) => {
    const inColumn = rows.filter(holds);
    if (inColumn.length === 0) return [];
    const correct = inColumn.filter(({ outcome }) => outcome === 'right').length;
    return [{ group, label, total: inColumn.length, correct, accuracy: wilsonInterval(correct, inColumn.length) }];
  });
}

function gradeOf({ attributes }: ScienceqaRow): number {
  return Number.parseInt((attributes['grade'] ?? '').replace(/^grade/, ''), 10);
}

const isBetween = (value: number, low: number, high: number): boolean => value >= low && value <= high;
