/**
 * The store: one SQLite file in WAL mode that several processes may use at once. This module opens it, checks
 * that it is ours and whole, migrates it, and hands out the repositories.
 */
import { resolve } from 'node:path';
import { PenumbraFailure, fail, failureOf } from '../../shared/failure.ts';
import { createAnalysesRepository, type AnalysesRepository } from './analyses-repository.ts';
import { createAnnotationsRepository, type AnnotationsRepository } from './annotations-repository.ts';
import { createCallsRepository, type CallsRepository } from './calls-repository.ts';
import { createChangeSigns, type ChangeSigns } from './change-signs.ts';
import {
  createComparedQuestionsRepository,
  type ComparedQuestionsRepository,
} from './compared-questions-repository.ts';
import { openConnection, type Connection } from './connection.ts';
import { createDatasetsRepository, type DatasetsRepository } from './datasets-repository.ts';
import { createHiddenRunsRepository, type HiddenRunsRepository } from './hidden-runs.ts';
import { createKnownDatasetsRepository, type KnownDatasetsRepository } from './known-datasets-repository.ts';
import { createLatentStepsRepository, type LatentStepsRepository } from './latent-steps-repository.ts';
import { checkedSchemaVersion, latestSchemaVersion, migrate } from './migrations/migrate.ts';
import { createModelsRepository, type ModelsRepository } from './models-repository.ts';
import { createPreferencesRepository, type PreferencesRepository } from './preferences-repository.ts';
import { createPredictionsRepository, type PredictionsRepository } from './predictions-repository.ts';
import { createProbesRepository, type ProbesRepository } from './probes-repository.ts';
import { createQuestionsRepository, type QuestionsRepository } from './questions-repository.ts';
import { createRunContentsRepository, type RunContentsRepository } from './run-contents.ts';
import { createRunLeases, type RunLeases } from './run-leases.ts';
import { createRunTimes, type RunTimesRepository } from './run-times.ts';
import { createRunsRepository, type RunsRepository } from './runs-repository.ts';
import { createSamplesRepository, type SamplesRepository } from './samples-repository.ts';
import { checkSchema } from './schema-check.ts';
import { createScoresRepository, type ScoresRepository } from './scores-repository.ts';
import { damaged } from './sqlite-failure.ts';
import { prepareStoreFile } from './store-file.ts';

export type OpenStoreOptions = Readonly<{
  /** Never writes and never migrates. */
  readOnly?: boolean;
  /** Fails with `not-found` instead of making a store where there is none; always so for `readOnly`. */
  mustExist?: boolean;
  /** How long a statement waits for another process's write lock. */
  busyTimeoutMs?: number;
  /** `wal` for a store in use; `single` for a file that is written once and handed over (a packed run). */
  mode?: 'wal' | 'single';
}>;

export type Store = Readonly<{
  path: string;
  schemaVersion: number;
  datasets: DatasetsRepository;
  models: ModelsRepository;
  knownDatasets: KnownDatasetsRepository;
  samples: SamplesRepository;
  runs: RunsRepository;
  runContents: RunContentsRepository;
  hiddenRuns: HiddenRunsRepository;
  leases: RunLeases;
  predictions: PredictionsRepository;
  latentSteps: LatentStepsRepository;
  calls: CallsRepository;
  scores: ScoresRepository;
  questions: QuestionsRepository;
  comparedQuestions: ComparedQuestionsRepository;
  annotations: AnnotationsRepository;
  preferences: PreferencesRepository;
  probes: ProbesRepository;
  changes: ChangeSigns;
  analyses: AnalysesRepository;
  times: RunTimesRepository;
  /** All or nothing; waits for other writers. */
  transaction: <Result>(work: () => Result) => Result;
  /** `ok`, or the first findings of SQLite's own integrity and foreign-key checks. */
  checkIntegrity: () => string;
  /** How many statements and transactions of this connection write, or wait to, at this moment; other threads may look. */
  writersAtWork: SharedArrayBuffer;
  close: () => void;
}>;

const defaultBusyTimeoutMs = 15_000;

/**
 * Opens (creating it where there is none) the store at `path`. Fails: `store-too-new`, `store-damaged`,
 * `store-locked`, `permission-denied`, `disk-full`, `io` (not a file, a network file system).
 */
export function openStore(path: string, options: OpenStoreOptions = {}): Store {
  const file = resolve(path);
  const { readOnly = false, busyTimeoutMs = defaultBusyTimeoutMs, mode = 'wal' } = options;
  const mustExist = readOnly || options.mustExist === true;
  prepareStoreFile(file, { readOnly, mustExist, shared: mode === 'wal' && !readOnly });
  const connection = openConnection(file, { readOnly, mustExist, busyTimeoutMs });
  try {
    configure(connection, { readOnly, busyTimeoutMs, mode });
    if (!readOnly) migrate(connection);
    const schemaVersion = checkedSchemaVersion(connection);
    if (schemaVersion < latestSchemaVersion) refuseOldSchema(file, schemaVersion);
    checkSchema(connection, schemaVersion);
    return storeOf(connection, schemaVersion);
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** The schema version of an existing file; refuses what is newer or not ours, and writes nothing. */
export function storedSchemaVersion(path: string): number {
  const file = resolve(path);
  prepareStoreFile(file, { readOnly: true, mustExist: true, shared: false });
  const connection = openConnection(file, { readOnly: true, mustExist: true, busyTimeoutMs: defaultBusyTimeoutMs });
  try {
    return checkedSchemaVersion(connection);
  } finally {
    connection.close();
  }
}

function configure(
  connection: Connection,
  { readOnly, busyTimeoutMs, mode }: Required<Omit<OpenStoreOptions, 'mustExist'>>,
): void {
  // Before anything is written: what is newer, or another program's, stays untouched.
  checkedSchemaVersion(connection);
  connection.pragma('foreign_keys = ON');
  // Files may come from elsewhere: functions in their schema are not trusted, and cells are checked.
  connection.pragma('trusted_schema = OFF');
  connection.pragma('cell_size_check = ON');
  // Reads over a whole run visit an index's pages again and again: SQLite's own 2 MB would drop them in between.
  if (readOnly) connection.pragma('cache_size = -32768');
  if (readOnly || mode === 'single') return;
  setWriteAheadLog(connection, busyTimeoutMs);
  // FULL: a power cut, too, loses at most the batch in flight; one flush a batch costs nothing here.
  connection.pragma('synchronous = FULL');
}

/** SQLite does not wait for its busy timeout here: the first opener of a new store may hold it. */
function setWriteAheadLog(connection: Connection, busyTimeoutMs: number): void {
  const deadline = performance.now() + busyTimeoutMs;
  for (;;) {
    try {
      const mode = connection.pragma('journal_mode = WAL');
      if (mode === 'wal') return;
      fail('io', 'SQLite cannot use its write-ahead log here.', {
        file: connection.path,
        expected: 'journal mode wal',
        found: String(mode),
        action: 'start Penumbra with a store in a local folder (--store FILE)',
      });
    } catch (error) {
      if (failureOf(error)?.kind !== 'store-locked' || performance.now() > deadline) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

function refuseOldSchema(file: string, version: number): never {
  fail('store-damaged', 'The store was written by an older version and has to be migrated first.', {
    file,
    expected: `schema version ${latestSchemaVersion}`,
    found: `schema version ${version}`,
    action: 'open it once for writing',
  });
}

function storeOf(connection: Connection, schemaVersion: number): Store {
  const latentSteps = createLatentStepsRepository(connection);
  const calls = createCallsRepository(connection);
  const samples = createSamplesRepository(connection);
  return {
    path: connection.path,
    schemaVersion,
    datasets: createDatasetsRepository(connection),
    models: createModelsRepository(connection),
    knownDatasets: createKnownDatasetsRepository(connection),
    samples,
    runs: createRunsRepository(connection),
    runContents: createRunContentsRepository(connection),
    hiddenRuns: createHiddenRunsRepository(connection),
    leases: createRunLeases(connection),
    predictions: createPredictionsRepository(connection, latentSteps, calls),
    latentSteps,
    calls,
    scores: createScoresRepository(connection),
    questions: createQuestionsRepository(connection, samples),
    comparedQuestions: createComparedQuestionsRepository(connection),
    annotations: createAnnotationsRepository(connection),
    preferences: createPreferencesRepository(connection),
    probes: createProbesRepository(connection),
    changes: createChangeSigns(connection),
    analyses: createAnalysesRepository(connection),
    times: createRunTimes(connection),
    transaction: connection.transaction,
    checkIntegrity: () => integrityOf(connection),
    writersAtWork: connection.writersAtWork,
    close: connection.close,
  };
}

function integrityOf(connection: Connection): string {
  const result = connection.pragma('integrity_check(1)');
  if (result !== 'ok') return String(result);
  const orphan = connection.all<{ table: string; rowid: number | null }>(
    'SELECT "table", rowid FROM pragma_foreign_key_check',
  )[0];
  return orphan === undefined ? 'ok' : `row ${String(orphan.rowid)} of ${orphan.table} refers to nothing`;
}

/** Fails (`store-damaged`) unless SQLite's own checks of the whole file pass. */
export function requireIntegrity(store: Store): void {
  const found = store.checkIntegrity();
  if (found !== 'ok') throw new PenumbraFailure(damaged(store.path, found));
}
