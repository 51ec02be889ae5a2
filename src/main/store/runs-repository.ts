/**
 * Run rows: what was planned, the state, and what is known of the work so far. Leases are in run-leases.ts, runs
 * that come or go in hidden-runs.ts: nothing here gives one of those.
 */
import { z } from 'zod';
import { engineRestartsSchema, type EngineRestarts } from '../../shared/engine-restarts.ts';
import { failureSchema, type Failure } from '../../shared/failure.ts';
import type { ScorerName } from '../../shared/prediction.ts';
import { runSettingsSchema, type RunSettings } from '../../shared/run-settings.ts';
import type { Connection } from './connection.ts';
import { parseJsonColumn } from './json-column.ts';

export type StoredRunStatus = 'running' | 'paused' | 'finished' | 'failed';

/** Versions and machine of a run, and what became of its engines, for its manifest: plain names and values. */
export const runEnvironmentSchema = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.null(), engineRestartsSchema]),
);
export type RunEnvironment = z.infer<typeof runEnvironmentSchema>;

export type NewRun = Readonly<{
  runId: string;
  kind: 'evaluation' | 'imported';
  label: string;
  status: StoredRunStatus;
  createdAt: string;
  finishedAt: string | null;
  datasetRow: number | null;
  modelRow: number | null;
  split: string | null;
  where: readonly string[];
  limit: number | null;
  rowsWithoutImage: number;
  planned: number;
  settings: RunSettings | null;
  configurationHash: string | null;
  scorer: ScorerName;
  device: string | null;
  environment: RunEnvironment;
  workMs: number;
  failure: Failure | null;
}>;

export type RunOwner = Readonly<{ token: string; pid: number; host: string; heartbeatAt: number }>;

export type RunRecord = NewRun &
  Readonly<{
    runRow: number;
    suspects: readonly number[];
    revision: number;
    owner: RunOwner | null;
    stopRequested: number;
  }>;

type RunColumns = Omit<
  RunRecord,
  'where' | 'settings' | 'environment' | 'failure' | 'suspects' | 'owner' | 'split' | 'limit'
> & {
  split: string | null;
  limit: number | null;
  where: string;
  settings: string | null;
  environment: string;
  failure: string | null;
  suspects: string;
  ownerToken: string | null;
  ownerPid: number | null;
  ownerHost: string | null;
  heartbeatAt: number | null;
};

const runColumns = `run_row AS runRow, run_id AS runId, kind, label, status, created_at AS createdAt,
  finished_at AS finishedAt, dataset_row AS datasetRow, model_row AS modelRow, split, where_terms AS "where",
  row_limit AS "limit", rows_without_image AS rowsWithoutImage, planned, settings,
  configuration_hash AS configurationHash, scorer, device, environment, work_ms AS workMs, failure, suspects,
  revision, owner_token AS ownerToken, owner_pid AS ownerPid, owner_host AS ownerHost, heartbeat_at AS heartbeatAt,
  stop_requested AS stopRequested`;

export type RunsRepository = Readonly<{
  /** Writes the run and its plan: rows of samples in the order in which they are answered. */
  insert: (run: NewRun, plan: readonly number[]) => number;
  find: (runId: string) => RunRecord | undefined;
  at: (runRow: number) => RunRecord | undefined;
  /** Newest first. */
  list: (limit: number, offset: number) => RunRecord[];
  count: () => number;
  /** Of the settings, only those that are no part of the configuration hash may change. */
  setSettings: (runRow: number, settings: RunSettings) => void;
  setEnvironment: (runRow: number, device: string, environment: RunEnvironment) => void;
  setRestarts: (runRow: number, restarts: EngineRestarts) => void;
  /** Adds wall time and counts the revision up. */
  addWork: (runRow: number, workMs: number) => void;
  touch: (runRow: number) => void;
  rename: (runRow: number, label: string) => void;
  setSuspects: (runRow: number, positions: readonly number[]) => void;
  /** What was kept (as JSON) of this revision of the run. */
  keptResult: (run: RunRecord, scorer: ScorerName) => string | undefined;
  keepResult: (run: RunRecord, scorer: ScorerName, result: string) => void;
}>;

export function createRunsRepository(connection: Connection): RunsRepository {
  const recordOf = (row: RunColumns): RunRecord => {
    const { ownerToken, ownerPid, ownerHost, heartbeatAt, ...rest } = row;
    const place = `run ${row.runId}`;
    const parse = <Output>(schema: z.ZodType<Output>, text: string): Output =>
      parseJsonColumn(schema, text, connection.path, place);
    return {
      ...rest,
      where: parse(z.array(z.string()), row.where),
      settings: row.settings === null ? null : parse(runSettingsSchema, row.settings),
      environment: parse(runEnvironmentSchema, row.environment),
      failure: row.failure === null ? null : parse(failureSchema, row.failure),
      suspects: parse(z.array(z.int()), row.suspects),
      owner:
        ownerToken === null
          ? null
          : { token: ownerToken, pid: ownerPid ?? 0, host: ownerHost ?? '', heartbeatAt: heartbeatAt ?? 0 },
    };
  };
  return {
    insert: (run, plan) =>
      connection.transaction(() => {
        const runRow = insertRun(connection, run);
        extendPlan(connection, runRow, 0, plan);
        return runRow;
      }),
    find: (runId) => {
      const row = connection.all<RunColumns>(
        `SELECT ${runColumns} FROM runs WHERE run_id = :runId AND hidden IS NULL`,
        {
          runId,
        },
      )[0];
      return row && recordOf(row);
    },
    at: (runRow) => {
      const row = connection.all<RunColumns>(
        `SELECT ${runColumns} FROM runs WHERE run_row = :runRow AND hidden IS NULL`,
        {
          runRow,
        },
      )[0];
      return row && recordOf(row);
    },
    list: (limit, offset) =>
      connection
        .all<RunColumns>(
          `SELECT ${runColumns} FROM runs WHERE hidden IS NULL ORDER BY created_at DESC, run_row DESC LIMIT :limit OFFSET :offset`,
          { limit, offset },
        )
        .map(recordOf),
    count: () =>
      connection.all<{ count: number }>('SELECT count(*) AS count FROM runs WHERE hidden IS NULL')[0]?.count ?? 0,
    setSettings: (runRow, settings) =>
      void connection.run(`UPDATE runs SET settings = :settings WHERE run_row = :runRow`, {
        runRow,
        settings: JSON.stringify(settings),
      }),
    setEnvironment: (runRow, device, environment) =>
      void connection.run(`UPDATE runs SET device = :device, environment = :environment WHERE run_row = :runRow`, {
        runRow,
        device,
        environment: JSON.stringify(environment),
      }),
    setRestarts: (runRow, restarts) =>
      void connection.run(
        `UPDATE runs SET environment = json_set(environment, '$.engineRestarts', json(:restarts)) WHERE run_row = :runRow`,
        { runRow, restarts: JSON.stringify(restarts) },
      ),
    addWork: (runRow, workMs) =>
      void connection.run(
        `UPDATE runs SET work_ms = work_ms + :workMs, revision = revision + 1 WHERE run_row = :runRow`,
        { runRow, workMs },
      ),
    touch: (runRow) =>
      void connection.run(`UPDATE runs SET revision = revision + 1 WHERE run_row = :runRow`, { runRow }),
    rename: (runRow, label) =>
      void connection.run(`UPDATE runs SET label = :label WHERE run_row = :runRow`, { runRow, label }),
    setSuspects: (runRow, positions) =>
      void connection.run(`UPDATE runs SET suspects = :suspects WHERE run_row = :runRow`, {
        runRow,
        suspects: JSON.stringify(positions),
      }),
    keptResult: ({ runRow, revision }, scorer) =>
      connection.all<{ result: string }>(
        `SELECT result FROM run_results WHERE run_row = :runRow AND scorer = :scorer AND revision = :revision`,
        { runRow, scorer, revision },
      )[0]?.result,
    keepResult: ({ runRow, revision }, scorer, result) =>
      void connection.run(
        `INSERT INTO run_results (run_row, scorer, revision, result) VALUES (:runRow, :scorer, :revision, :result)
         ON CONFLICT (run_row, scorer) DO UPDATE SET revision = excluded.revision, result = excluded.result`,
        { runRow, scorer, revision, result },
      ),
  };
}

/** The row alone, without a plan. */
export function insertRun(connection: Connection, run: NewRun): number {
  const { where, settings, environment, failure, ...plain } = run;
  return connection.run(
    `INSERT INTO runs (run_id, kind, label, status, created_at, finished_at, dataset_row, model_row, split,
       where_terms, row_limit, rows_without_image, planned, settings, configuration_hash, scorer, device,
       environment, work_ms, failure, suspects, revision, stop_requested)
     VALUES (:runId, :kind, :label, :status, :createdAt, :finishedAt, :datasetRow, :modelRow, :split,
       :where, :limit, :rowsWithoutImage, :planned, :settings, :configurationHash, :scorer, :device,
       :environment, :workMs, :failure, '[]', 0, 0)`,
    {
      ...plain,
      where: JSON.stringify(where),
      settings: settings === null ? null : JSON.stringify(settings),
      environment: JSON.stringify(environment),
      failure: failure === null ? null : JSON.stringify(failure),
    },
  ).lastRowId;
}

/** Adds rows of samples to a plan, the first at a position. */
export function extendPlan(connection: Connection, runRow: number, first: number, plan: readonly number[]): void {
  plan.forEach((sampleRow, index) =>
    connection.run(
      `INSERT INTO planned_questions (run_row, position, sample_row) VALUES (:runRow, :position, :sampleRow)`,
      { runRow, position: first + index, sampleRow },
    ),
  );
}
