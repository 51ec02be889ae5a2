/**
 * The files of one export, written side by side as the pages of their text arrive. Either all of them appear, each
 * with its manifest, or none.
 */
import { resolve } from 'node:path';
import { fail } from '../../shared/failure.ts';
import type { CategoryNode } from '../../shared/statistics.ts';
import { makeFolderOf, refuseTarget, type ProtectedPath } from '../files/output-target.ts';
import { createAtomicFile, type AtomicFile, type WrittenFile } from './atomic-file.ts';
import { categoryCells } from './category-rows.ts';
import { csvText } from './csv.ts';
import { exportKinds, headerText, type ExportColumns, type ExportKind, type PageText } from './export-pages.ts';

export type ExportedRows = WrittenFile & Readonly<{ kind: ExportKind; rowCount: number }>;

export type ExportTargets = Readonly<{
  paths: Readonly<Partial<Record<ExportKind, string>>>;
  columns: ExportColumns;
  /** What the files may not replace. */
  protectedPaths: readonly ProtectedPath[];
}>;

export type ExportWriter = Readonly<{
  /** The next page of the files, in order. */
  append: (texts: readonly PageText[]) => Promise<void>;
  /** Completes the files; `manifestOf` is called with all of them, and its result lies beside each. */
  finish: (
    categories: readonly CategoryNode[],
    manifestOf: (files: readonly ExportedRows[]) => object,
  ) => Promise<{ files: ExportedRows[]; manifest: object }>;
  /** Leaves nothing behind; to be called when anything failed. */
  discard: () => Promise<void>;
}>;

type OpenFile = { kind: ExportKind; file: AtomicFile; rowCount: number };

/** Opens the files, in folders that are made where missing. Fails: `wrong-usage` (a path twice, or not to be replaced), and as the files do. */
export async function createExportWriter(targets: ExportTargets): Promise<ExportWriter> {
  await checkTargets(targets);
  const open: OpenFile[] = [];
  const manifests: AtomicFile[] = [];
  const discard = async (): Promise<void> => {
    for (const file of [...open.map((each) => each.file), ...manifests]) await file.discard();
  };
  try {
    for (const kind of exportKinds) {
      const path = targets.paths[kind];
      if (path === undefined) continue;
      await makeFolderOf(path);
      const file = await createAtomicFile(path);
      open.push({ kind, file, rowCount: 0 });
      const header = headerText(kind, targets.columns);
      if (header !== null) await file.write(header);
    }
  } catch (error) {
    await discard();
    throw error;
  }
  return {
    append: async (texts) => {
      for (const { kind, rowCount, bytes } of texts) {
        const each = open.find((other) => other.kind === kind);
        if (each === undefined) throw new Error(`no file of ${kind} was asked for`);
        await each.file.writeBytes(bytes);
        each.rowCount += rowCount;
      }
    },
    finish: async (categories, manifestOf) => {
      for (const each of open.filter(({ kind }) => kind === 'categories')) {
        await each.file.write(csvText(categories.map((node) => categoryCells(node, targets.columns.scorer))));
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
async function checkTargets({ paths, protectedPaths }: ExportTargets): Promise<void> {
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

function refuseTwice(path: string): never {
  fail('wrong-usage', 'Two exports cannot go to the same file.', { file: path, action: 'name one file for each' });
}
