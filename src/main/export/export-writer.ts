/**
 * The files of one export, written side by side in one walk over the questions. Either all of them appear, each
 * with its manifest, or none.
 */
import { resolve } from 'node:path';
import { fail } from '../../shared/failure.ts';
import type { ScorerName } from '../../shared/prediction.ts';
import type { CategoryNode } from '../../shared/statistics.ts';
import { makeFolderOf, refuseTarget, type ProtectedPath } from '../files/output-target.ts';
import { createAtomicFile, type AtomicFile, type WrittenFile } from './atomic-file.ts';
import { categoryCells, categoryHeader } from './category-rows.ts';
import { csvText } from './csv.ts';
import type { ExportQuestion } from './export-question.ts';
import { jsonLine } from './jsonl.ts';
import { patchHeader, patchRows } from './patch-rows.ts';
import { questionCells, questionHeader } from './question-columns.ts';

export const exportKinds = ['questions', 'categories', 'patches', 'jsonl'] as const;
export type ExportKind = (typeof exportKinds)[number];

export type ExportedRows = WrittenFile & Readonly<{ kind: ExportKind; rowCount: number }>;

export type ExportPlan = Readonly<{
  paths: Readonly<Partial<Record<ExportKind, string>>>;
  scorer: ScorerName;
  /** Latent steps that get columns. */
  stepCount: number;
  /** What the files may not replace. */
  protectedPaths: readonly ProtectedPath[];
}>;

export type ExportWriter = Readonly<{
  append: (questions: readonly ExportQuestion[]) => Promise<void>;
  /** Completes the files; `manifestOf` is called with all of them, and its result lies beside each. */
  finish: (
    categories: readonly CategoryNode[],
    manifestOf: (files: readonly ExportedRows[]) => object,
  ) => Promise<{ files: ExportedRows[]; manifest: object }>;
  /** Leaves nothing behind; to be called when anything failed. */
  discard: () => Promise<void>;
}>;

type OpenFile = { kind: ExportKind; file: AtomicFile; rowCount: number };

const headerOf: Readonly<Record<ExportKind, (plan: ExportPlan) => readonly string[] | null>> = {
  questions: ({ stepCount }) => questionHeader(stepCount),
  categories: () => categoryHeader,
  patches: () => patchHeader,
  jsonl: () => null,
};

/** Opens the files, in folders that are made where missing. Fails: `wrong-usage` (a path twice, or not to be replaced), and as the files do. */
export async function createExportWriter(plan: ExportPlan): Promise<ExportWriter> {
  await checkTargets(plan);
  const open: OpenFile[] = [];
  const manifests: AtomicFile[] = [];
  const discard = async (): Promise<void> => {
    for (const file of [...open.map((each) => each.file), ...manifests]) await file.discard();
  };
  try {
    for (const kind of exportKinds) {
      const path = plan.paths[kind];
      if (path === undefined) continue;
      await makeFolderOf(path);
      const file = await createAtomicFile(path);
      open.push({ kind, file, rowCount: 0 });
      const header = headerOf[kind](plan);
      if (header !== null) await file.write(csvText([header]));
    }
  } catch (error) {
    await discard();
    throw error;
  }
  return {
    append: async (questions) => {
      for (const each of open) await appendQuestions(each, questions, plan);
    },
    finish: async (categories, manifestOf) => {
      for (const each of open.filter(({ kind }) => kind === 'categories')) {
        await each.file.write(csvText(categories.map((node) => categoryCells(node, plan.scorer))));
        each.rowCount = categories.length;
      }
      const files: ExportedRows[] = [];
      for (const { kind, file, rowCount } of open) files.push({ kind, rowCount, ...(await file.finish()) });
      const manifest = manifestOf(files);
      for (const { path } of files) {
        const file = await createAtomicFile(manifestPath(path));
        manifests.push(file);
        await file.write(`${JSON.stringify(manifest, null, 2)}\n`);
        await file.finish();
      }
      for (const file of [...open.map((each) => each.file), ...manifests]) await file.commit();
      return { files, manifest };
    },
    discard,
  };
}

const manifestPath = (path: string): string => `${path}.manifest.json`;

/** All of them before the first is opened. */
async function checkTargets({ paths, protectedPaths }: ExportPlan): Promise<void> {
  const targets = new Set<string>();
  for (const kind of exportKinds) {
    const path = paths[kind];
    if (path === undefined) continue;
    for (const target of [resolve(path), resolve(manifestPath(path))]) {
      if (targets.has(target)) refuseTwice(target);
      targets.add(target);
      await refuseTarget(target, protectedPaths);
    }
  }
}

async function appendQuestions(
  each: OpenFile,
  questions: readonly ExportQuestion[],
  { scorer, stepCount }: ExportPlan,
): Promise<void> {
  switch (each.kind) {
    case 'questions':
      each.rowCount += questions.length;
      return each.file.write(csvText(questions.map((question) => questionCells(question, scorer, stepCount))));
    case 'patches': {
      const rows = questions.flatMap(patchRows);
      each.rowCount += rows.length;
      return each.file.write(csvText(rows));
    }
    case 'jsonl':
      each.rowCount += questions.length;
      return each.file.write(questions.map(jsonLine).join(''));
    case 'categories':
      return undefined;
  }
}

function refuseTwice(path: string): never {
  fail('wrong-usage', 'Two exports cannot go to the same file.', { file: path, action: 'name one file for each' });
}
