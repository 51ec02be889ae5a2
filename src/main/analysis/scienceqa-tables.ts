/**
 * ScienceQA's own tables: accuracy by subject, by what the question shows (text, image, neither) and by grade
 * (1-6, 7-12), as its paper reports them. A question with text and image counts in both of those columns.
 */
import type { AccuracyRow } from '../../shared/statistics.ts';
import type { Outcome } from './outcomes.ts';
import { wilsonInterval } from '../../shared/wilson-interval.ts';

/** Questions alike in all that the tables look at. */
export type ScienceqaCount = Readonly<{
  /** Subject: natural science, social science, language science. */
  domain: string;
  /** `grade7` */
  grade: string;
  /** TXT, IMG, TXT+IMG or NO: what the question shows besides its own text. */
  modality: string;
  outcome: Outcome;
  count: number;
}>;

type Column = Readonly<{ group: string; label: string; holds: (row: ScienceqaCount) => boolean }>;

const columns: readonly Column[] = [
  ...['natural science', 'social science', 'language science'].map((subject) => ({
    group: 'subject',
    label: subject,
    holds: ({ domain }: ScienceqaCount) => domain === subject,
  })),
  ...['TXT', 'IMG', 'NO'].map((wanted) => ({
    group: 'modality',
    label: wanted,
    holds: ({ modality }: ScienceqaCount) => modality.split('+').includes(wanted),
  })),
  { group: 'grade', label: 'grades 1-6', holds: ({ grade }) => isBetween(gradeNumber(grade), 1, 6) },
  { group: 'grade', label: 'grades 7-12', holds: ({ grade }) => isBetween(gradeNumber(grade), 7, 12) },
];

/** The columns that hold a question; none without any counts. */
export function scienceqaTables(counts: readonly ScienceqaCount[]): AccuracyRow[] {
  return columns.flatMap(({ group, label, holds }) => {
    const inColumn = counts.filter(holds);
    const total = sum(inColumn);
    const correct = sum(inColumn.filter(({ outcome }) => outcome === 'right'));
    return total === 0 ? [] : [{ group, label, total, correct, accuracy: wilsonInterval(correct, total) }];
  });
}

const sum = (counts: readonly ScienceqaCount[]): number => counts.reduce((total, { count }) => total + count, 0);
const gradeNumber = (grade: string): number => Number.parseInt(grade.replace(/^grade/, ''), 10);
const isBetween = (value: number, low: number, high: number): boolean => value >= low && value <= high;
