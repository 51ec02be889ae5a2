/**
 * The text of an export, a page of questions at a time. A page needs nothing but its own questions, so that several
 * can be made side by side, in threads of their own.
 */
import type { ScorerName } from '../../shared/prediction.ts';
import { categoryHeader } from './category-rows.ts';
import { csvText } from './csv.ts';
import type { ExportQuestion } from './export-question.ts';
import { jsonLine } from './jsonl.ts';
import { patchHeader, patchRows } from './patch-rows.ts';
import { questionCells, questionHeader } from './question-columns.ts';
import { regionHeader, regionRows } from './region-rows.ts';

export const exportKinds = ['questions', 'categories', 'patches', 'regions', 'jsonl'] as const;
export type ExportKind = (typeof exportKinds)[number];

export type ExportColumns = Readonly<{
  scorer: ScorerName;
  /** Latent steps that get columns. */
  stepCount: number;
}>;

/** What a page adds to one of the files, in UTF-8. */
export type PageText = Readonly<{ kind: ExportKind; rowCount: number; bytes: Uint8Array }>;

const headers: Readonly<Record<ExportKind, (columns: ExportColumns) => readonly string[] | null>> = {
  questions: ({ stepCount }) => questionHeader(stepCount),
  categories: () => categoryHeader,
  patches: () => patchHeader,
  regions: () => regionHeader,
  jsonl: () => null,
};

/** First line of a file; null where it has none. */
export function headerText(kind: ExportKind, columns: ExportColumns): string | null {
  const header = headers[kind](columns);
  return header === null ? null : csvText([header]);
}

/** What the questions add to each of the files; nothing to categories.csv, which is written from counts. */
export function pageTexts(
  kinds: readonly ExportKind[],
  questions: readonly ExportQuestion[],
  { scorer, stepCount }: ExportColumns,
): PageText[] {
  return kinds.flatMap((kind): PageText[] => {
    switch (kind) {
      case 'questions':
        return [
          textOf(
            kind,
            questions.length,
            csvText(questions.map((question) => questionCells(question, scorer, stepCount))),
          ),
        ];
      case 'patches': {
        const rows = questions.flatMap(patchRows);
        return [textOf(kind, rows.length, csvText(rows))];
      }
      case 'regions': {
        const rows = questions.flatMap(regionRows);
        return [textOf(kind, rows.length, csvText(rows))];
      }
      case 'jsonl':
        return [textOf(kind, questions.length, questions.map(jsonLine).join(''))];
      case 'categories':
        return [];
    }
  });
}

const textOf = (kind: ExportKind, rowCount: number, text: string): PageText => ({
  kind,
  rowCount,
  bytes: Buffer.from(text, 'utf8'),
});
