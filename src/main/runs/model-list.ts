/** What is known of each model right now: the store's rows and the program's folder, looked at together. */
import { readdir, stat } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join, relative, sep } from 'node:path';
import { bundleWithoutSourcesSchema, type Bundle } from '../../shared/bundle.ts';
import type { KnownModel } from '../../shared/contract/models.ts';
import { failureOf, type Failure } from '../../shared/failure.ts';
import { readBundle } from '../files/read-bundle.ts';
import type { ListedModel } from '../store/models-repository.ts';
import type { RunRecord } from '../store/runs-repository.ts';
import type { Store } from '../store/store.ts';
import { requireRun } from './run-state.ts';

/** Mean time of a run's answers; null where it has none. */
type SecondsPerQuestion = (run: RunRecord) => Promise<number | null>;

type Found = Readonly<{ bundle: Bundle | null; failure: Failure | null }>;

/** Runs looked at for a model's speed. */
const recentRuns = 5;

/** Models of the list, newest first; those that only lie in the folder come last. */
export async function listModels(
  store: Store,
  modelsFolder: string,
  secondsPerQuestion: SecondsPerQuestion,
): Promise<Omit<KnownModel, 'isDemo'>[]> {
  const inFolder = await bundlesIn(modelsFolder);
  const rows = store.models.list();
  const speedOf = (fingerprint: string): Promise<number | null> => speedHere(store, fingerprint, secondsPerQuestion);
  const models: Omit<KnownModel, 'isDemo'>[] = [];
  for (const row of rows) {
    const own = inFolder.find(({ bundle }) => bundle.fingerprint === row.fingerprint);
    if (row.forgotten) continue;
    const path = own?.path ?? row.path;
    const { bundle, failure } = own === undefined ? await look(row) : { bundle: own.bundle, failure: null };
    if (bundle === null && row.runCount === 0 && !row.kept) continue;
    models.push(await describe({ ...row, path }, bundle, failure, speedOf));
  }
  const known = new Set(rows.map(({ fingerprint }) => fingerprint));
  for (const { path, bundle } of inFolder) {
    if (known.has(bundle.fingerprint)) continue;
    const { fingerprint, precision } = bundle;
    const name = `${bundle.name} (${precision})`;
    const row = { fingerprint, path, name, precision, kept: false, forgotten: false, runCount: 0, report: null };
    models.push(await describe(row, bundle, null, speedOf));
  }
  return models;
}

/** Whether `path` lies below `folder`; both absolute. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way.split(sep)[0] !== '..' && !way.startsWith(sep) && !/^[A-Za-z]:/.test(way);
}

/** Bytes of the files directly in a folder, as bundles have them. */
export async function folderBytes(folder: string): Promise<number> {
  const names = await readdir(folder);
  const stats = await Promise.all(names.map((name) => stat(join(folder, name)).catch(() => null)));
  return stats.reduce((sum, entry) => sum + (entry?.isFile() === true ? entry.size : 0), 0);
}

async function bundlesIn(folder: string): Promise<{ path: string; bundle: Bundle }[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found: { path: string; bundle: Bundle }[] = [];
  for (const entry of entries) {
    // Half-made ones carry the mark in their name until they are complete.
    if (!entry.isDirectory() || entry.name.includes('.partial-')) continue;
    const path = join(folder, entry.name);
    const { bundle } = await readFound(path);
    if (bundle !== null) found.push({ path, bundle });
  }
  return found;
}

/** The bundle at a row's path; another model that lies there now is not this one. */
async function look({ path, fingerprint }: ListedModel): Promise<Found> {
  const found = await readFound(path);
  return found.bundle === null || found.bundle.fingerprint === fingerprint ? found : { bundle: null, failure: null };
}

async function readFound(path: string): Promise<Found> {
  try {
    return { bundle: await readBundle(path), failure: null };
  } catch (error) {
    const failure = failureOf(error);
    if (failure === undefined) throw error;
    return { bundle: null, failure: failure.kind === 'missing-file' ? null : failure };
  }
}

async function describe(
  row: ListedModel,
  bundle: Bundle | null,
  failure: Failure | null,
  speedOf: (fingerprint: string) => Promise<number | null>,
): Promise<Omit<KnownModel, 'isDemo'>> {
  const { fingerprint, name, path, runCount, report } = row;
  return {
    fingerprint,
    name,
    path,
    exists: bundle !== null || failure !== null,
    bundle: bundle === null ? null : bundleWithoutSourcesSchema.parse(bundle),
    failure,
    sizeBytes: bundle === null ? null : await folderBytes(path).catch(() => null),
    runCount,
    secondsPerQuestion: runCount === 0 ? null : await speedOf(fingerprint),
    report,
  };
}

/** Of the newest run on this machine's processor that has times. */
async function speedHere(
  store: Store,
  fingerprint: string,
  secondsPerQuestion: SecondsPerQuestion,
): Promise<number | null> {
  const cpu = cpus()[0]?.model.trim() ?? 'unknown';
  for (const runId of store.models.newestRuns(fingerprint, recentRuns)) {
    const run = requireRun(store, runId);
    if (run.environment['cpu'] !== cpu) continue;
    const seconds = await secondsPerQuestion(run);
    if (seconds !== null) return seconds;
  }
  return null;
}
