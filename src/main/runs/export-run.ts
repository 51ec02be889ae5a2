/**
 * Exports: the readers' threads make the text of the questions that pass the filter, several pages at once; what is
 * done here is to write it in order, so that this thread stays free for everything else.
 */
import type { ScorerName } from '../../shared/prediction.ts';
import { buildCategoryTree } from '../analysis/category-tree.ts';
import { exportKinds, type ExportKind } from '../export/export-pages.ts';
import { createExportWriter, type ExportedRows } from '../export/export-writer.ts';
import type { RunRecord } from '../store/runs-repository.ts';
import type { Store } from '../store/store.ts';
import { addCount, type CategoryCount, type ExportPage } from './export-page.ts';
import { protectedPaths } from './protected-paths.ts';
import type { StoreReader } from './reader/store-reader.ts';
import { runManifest, type Manifest } from './run-manifest.ts';

const pageSize = 500;
/** Enough that no thread waits while a page is written, and few enough to lie in memory. */
const pagesAhead = 4;

export type ExportRequest = Readonly<{
  paths: Readonly<Partial<Record<ExportKind, string>>>;
  where: readonly string[];
  scorer: ScorerName;
}>;

export type ExportSource = Readonly<{
  store: Store;
  reader: Pick<StoreReader, 'read'>;
  /** The program's, for manifests. */
  version: string;
}>;

export type Exported = Readonly<{ files: readonly ExportedRows[]; manifest: Manifest }>;

/** Writes the requested files from a scored run. Fails: `wrong-usage` (filter), as the files do, and with the signal's reason; then nothing is left behind. */
export async function writeExport(
  { store, reader, version }: ExportSource,
  run: RunRecord,
  { paths, where, scorer }: ExportRequest,
  signal?: AbortSignal,
): Promise<Exported> {
  const { runId, planned } = run;
  const plan = await reader.read('exportPlan', { runId, scorer, where }, planned, signal);
  const { positions, stepCount, scoredBy } = plan;
  const columns = { scorer, stepCount };
  const writer = await createExportWriter({ paths, columns, protectedPaths: protectedPaths(store, run) });
  const kinds = exportKinds.filter((kind) => paths[kind] !== undefined);
  const counts = new Map<string, CategoryCount>();
  const left = new AbortController();
  const wanted = signal === undefined ? left.signal : AbortSignal.any([signal, left.signal]);
  const pageAt = (first: number): Promise<ExportPage> => {
    const page = Array.from(positions.subarray(first, first + pageSize));
    return reader.read('exportPage', { runId, ...columns, scoredBy, kinds, positions: page }, planned, wanted);
  };
  try {
    for await (const page of inOrder(positions.length, pageAt)) {
      signal?.throwIfAborted();
      for (const count of page.counts) addCount(counts, count);
      await writer.append(page.texts);
    }
    const createdAt = new Date().toISOString();
    const { files, manifest } = await writer.finish(buildCategoryTree(counts.values()), (written) => ({
      ...runManifest(store, run, scorer, version),
      filter: where,
      questionsExcluded: [...counts.values()].reduce((sum, { excluded }) => sum + excluded, 0),
      createdAt,
      files: written,
    }));
    return { files, manifest: { ...manifest } };
  } catch (error) {
    await writer.discard();
    throw error;
  } finally {
    left.abort();
  }
}

/** Pages of so many questions, the next ones asked for before they are taken. */
async function* inOrder(
  questionCount: number,
  pageAt: (first: number) => Promise<ExportPage>,
): AsyncGenerator<ExportPage, void> {
  const asked: Promise<ExportPage>[] = [];
  for (let first = 0; first < questionCount; first += pageSize) {
    const page = pageAt(first);
    // Of pages that are no longer taken nobody hears how they end.
    page.catch(() => undefined);
    asked.push(page);
    // Pages of a small run are made in this thread, where a run wants its turn in between.
    await new Promise((resolve) => setImmediate(resolve));
    const next = asked.length < pagesAhead ? undefined : asked.shift();
    if (next !== undefined) yield await next;
  }
  for (const page of asked) yield await page;
}
