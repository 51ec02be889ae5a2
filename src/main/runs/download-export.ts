/**
 * One export as one file to be downloaded: the rows of a run, or a table over several runs, alone or zipped with the
 * manifest that says what they are. Where the file goes is the caller's affair.
 */
import { basename, dirname, join } from 'node:path';
import type { exportKinds } from '../../shared/contract/system.ts';
import { fail } from '../../shared/failure.ts';
import type { ScorerName } from '../../shared/prediction.ts';
import { createAtomicFile, type WrittenFile } from '../export/atomic-file.ts';
import { attentionCsv, attentionRows } from '../export/attention-csv.ts';
import { categoryDifferencesCsv } from '../export/category-differences-csv.ts';
import { comparisonCsv } from '../export/comparison-csv.ts';
import { methodTableCsv } from '../export/method-table-csv.ts';
import { writeZip } from '../export/zip-file.ts';
import type { RunRecord } from '../store/runs-repository.ts';
import type { Store } from '../store/store.ts';
import { safeFileName } from './export-file-name.ts';
import { runManifest, type Manifest } from './run-manifest.ts';
import type { RunService } from './run-service.ts';
import { requireRun } from './run-state.ts';

export type DownloadExportKind = (typeof exportKinds)[number];

export type DownloadExportInput = Readonly<{
  kind: DownloadExportKind;
  runIds: readonly string[];
  where: readonly string[];
  scorer?: ScorerName | undefined;
  withManifest: boolean;
}>;

export type DownloadExport = Readonly<{
  fileName: string;
  contentType: string;
  /** Writes the file at a path in an empty folder; returns its rows. Fails as `exportRun` and the analyses do. */
  write: (path: string, signal: AbortSignal) => Promise<number>;
}>;

type Written = Readonly<{ rowCount: number; manifest: Manifest }>;
type Analyses = Pick<RunService, 'exportRun' | 'compare' | 'methodTable' | 'attention'>;
type Context = Readonly<{
  analyses: Analyses;
  store: Store;
  version: string;
  input: DownloadExportInput;
  runs: readonly RunRecord[];
}>;

/** What would be written; nothing is yet. Fails: `not-found` (a run), `wrong-usage` (number of runs, filter). */
export function planDownloadExport(
  analyses: Analyses,
  store: Store,
  version: string,
  input: DownloadExportInput,
): DownloadExport {
  const { kind, withManifest } = input;
  checkInput(input);
  const runs = input.runIds.map((runId) => requireRun(store, runId));
  const context = { analyses, store, version, input, runs };
  const label = labelOf(runs.map((run) => run.label));
  const extension = kind === 'jsonl' ? 'jsonl' : 'csv';
  const rowsName = safeFileName([label, kind === 'jsonl' ? 'predictions' : kind], extension);
  if (!withManifest) {
    return {
      fileName: rowsName,
      contentType: kind === 'jsonl' ? 'application/x-ndjson' : 'text/csv; charset=utf-8',
      write: async (path, signal) => (await writeRows(context, path, signal)).rowCount,
    };
  }
  return {
    fileName: safeFileName([label, kind === 'jsonl' ? 'predictions' : kind], 'zip'),
    contentType: 'application/zip',
    write: async (path, signal) => {
      const rows = join(dirname(path), rowsName);
      const { rowCount, manifest } = await writeRows(context, rows, signal);
      const manifestFile = join(dirname(path), 'manifest.json');
      await writeText(manifestFile, `${JSON.stringify(manifest, null, 2)}\n`);
      await writeZip(path, [
        { path: rows, name: basename(rows) },
        { path: manifestFile, name: 'manifest.json' },
      ]);
      return rowCount;
    },
  };
}

const labelOf = ([first = '', second, ...more]: readonly string[]): string =>
  second === undefined ? first : more.length === 0 ? `${first} and ${second}` : `${first} and ${more.length + 1} more`;

/** How many runs each kind is made of; null: any number. */
const runCounts: Readonly<Record<DownloadExportKind, number | null>> = {
  questions: 1,
  categories: 1,
  patches: 1,
  regions: 1,
  jsonl: 1,
  comparison: 2,
  methods: null,
  differences: null,
  attention: null,
};

function checkInput({ kind, runIds, where }: DownloadExportInput): void {
  const count = runCounts[kind];
  if (count !== null && runIds.length !== count) {
    fail('wrong-usage', `An export of kind ${kind} is made of ${count === 1 ? 'one run' : 'two runs'}.`, {
      place: 'runIds',
      expected: String(count),
      found: String(runIds.length),
    });
  }
  if (where.length > 0 && (kind === 'comparison' || kind === 'methods' || kind === 'differences')) {
    fail('wrong-usage', 'Comparisons are made over all questions that the runs share, and take no filter.', {
      place: 'where',
      found: where.join(' '),
      action: 'Leave the filter out.',
    });
  }
}

async function writeRows(context: Context, path: string, signal: AbortSignal): Promise<Written> {
  const { analyses, input, runs } = context;
  const { kind, where } = input;
  const [first, second] = runs;
  if (first === undefined) throw new Error('the contract asks for at least one run');
  const scorer = input.scorer ?? first.scorer;
  switch (kind) {
    case 'questions':
    case 'categories':
    case 'patches':
    case 'regions':
    case 'jsonl': {
      const { files, manifest } = await analyses.exportRun({ runId: first.runId, [kind]: path, where, scorer }, signal);
      const [file] = files;
      if (file === undefined) throw new Error('one file was asked for');
      // Where it lay before it was fetched means nothing to who reads the manifest.
      return { rowCount: file.rowCount, manifest: { ...manifest, files: [described(file, file.rowCount)] } };
    }
    case 'comparison': {
      if (second === undefined) throw new Error('the number of runs was checked');
      const comparison = await analyses.compare({ runIdA: first.runId, runIdB: second.runId, scorer }, signal);
      return writeTable(context, path, scorer, comparisonCsv(comparison), comparison.nodes.length);
    }
    case 'methods': {
      const table = await analyses.methodTable({ runIds: input.runIds, scorer }, signal);
      return writeTable(context, path, scorer, methodTableCsv(table), table.rows.length);
    }
    case 'differences': {
      const everything = { runIds: input.runIds, scorer, differences: Number.MAX_SAFE_INTEGER };
      const table = await analyses.methodTable(everything, signal);
      return writeTable(context, path, scorer, categoryDifferencesCsv(table), table.differences.length);
    }
    case 'attention': {
      const tables = [];
      for (const { runId } of runs) tables.push(await analyses.attention({ runId, where, scorer }, signal));
      const rows = attentionRows(tables);
      return writeTable(context, path, scorer, attentionCsv(rows), rows.length);
    }
  }
}

async function writeTable(
  { store, version, input, runs }: Context,
  path: string,
  scorer: ScorerName,
  text: string,
  rowCount: number,
): Promise<Written> {
  const written = await writeText(path, text);
  const manifest = {
    kind: input.kind,
    scorer,
    filter: input.where,
    createdAt: new Date().toISOString(),
    files: [described(written, rowCount)],
    runs: runs.map((run) => runManifest(store, run, scorer, version)),
  };
  return { rowCount, manifest };
}

const described = ({ path, sizeBytes, sha256 }: WrittenFile, rowCount: number) => ({
  name: basename(path),
  rowCount,
  sizeBytes,
  sha256,
});

async function writeText(path: string, text: string): Promise<WrittenFile> {
  const file = await createAtomicFile(path);
  try {
    await file.write(text);
    const written = await file.finish();
    await file.commit();
    return written;
  } catch (error) {
    await file.discard();
    throw error;
  }
}
