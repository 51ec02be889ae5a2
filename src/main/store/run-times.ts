/** Times and lengths of a run's answers as distributions, and how fast models have been on finished runs. */
import type { Connection } from './connection.ts';
import { excludedSampleRows } from './excluded-questions.ts';

export type Distribution = {
  count: number;
  mean: number;
  median: number;
  p90: number;
  max: number;
  /** Upper edge of the last bin; larger values are counted in it. */
  binEnd: number;
  bins: number[];
};

export type PhaseMean = { phase: string; meanMs: number };

/** A finished run of a model: what it took, and on what. */
export type FinishedRun = Readonly<{
  runId: string;
  configurationHash: string | null;
  questionCount: number;
  workMs: number;
  /** JSON of `RunSettings` and `RunEnvironment`. */
  settings: string;
  environment: string;
}>;

export type RunTimesRepository = Readonly<{
  totalMs: (runRow: number) => Distribution | null;
  arSteps: (runRow: number) => Distribution | null;
  /** Empty where no answer has times. */
  phases: (runRow: number) => PhaseMean[];
  /** Newest first, at most 50. */
  finishedRunsOf: (modelFingerprint: string) => FinishedRun[];
  /** JSON of the model's report; null before its check. */
  reportOf: (modelFingerprint: string) => string | null;
  /** The newest finished run of this configuration. */
  finishedAs: (configurationHash: string) => string | null;
}>;

const binCount = 30;

/** Phases in the order in which they happen, by their column. */
const phases = [
  ['preprocess', 'preprocess_ms'],
  ['vision', 'vision_ms'],
  ['prefill', 'prefill_ms'],
  ['latent steps', 'latent_ms'],
  ['decode', 'decode_ms'],
] as const;

export function createRunTimes(connection: Connection): RunTimesRepository {
  /** `whole`: bins of whole numbers, so that every bin can be met. */
  const distributionOf = (runRow: number, column: 'total_ms' | 'ar_steps', whole = false): Distribution | null => {
    const values = `SELECT ${column} AS value FROM predictions WHERE run_row = :runRow AND ${column} IS NOT NULL
      AND sample_row NOT IN ${excludedSampleRows}`;
    const [summary] = connection.all<{ count: number; mean: number; max: number }>(
      `SELECT count(*) AS count, avg(value) AS mean, max(value) AS max FROM (${values})`,
      { runRow },
    );
    if (summary === undefined || summary.count === 0) return null;
    // The nearest rank: always a value that occurred.
    const rankOf = (share: number): number => Math.ceil(share * summary.count) - 1;
    const ranks = [rankOf(0.5), rankOf(0.9), rankOf(0.99)];
    const found = connection.all<{ rank: number; value: number }>(
      `SELECT rank, value FROM (SELECT value, row_number() OVER (ORDER BY value) - 1 AS rank FROM (${values}))
       WHERE rank IN (SELECT value FROM json_each(:ranks))`,
      { runRow, ranks: JSON.stringify(ranks) },
    );
    const [median = 0, p90 = 0, p99 = 0] = ranks.map((rank) => found.find((each) => each.rank === rank)?.value ?? 0);
    const binEnd = whole ? binCount * Math.ceil((p99 + 1) / binCount) : p99 > 0 ? p99 : 1;
    const bins = Array.from({ length: binCount }, () => 0);
    const counted = connection.all<{ bin: number; count: number }>(
      `SELECT min(CAST(value * ${binCount} / :binEnd AS INTEGER), ${binCount - 1}) AS bin, count(*) AS count
       FROM (${values}) GROUP BY bin`,
      { runRow, binEnd },
    );
    for (const { bin, count } of counted) bins[Math.max(0, bin)] = count;
    return { ...summary, median, p90, binEnd, bins };
  };
  return {
    totalMs: (runRow) => distributionOf(runRow, 'total_ms'),
    arSteps: (runRow) => distributionOf(runRow, 'ar_steps', true),
    phases: (runRow) => {
      const columns = phases.map(([, column]) => `avg(${column}) AS ${column}`).join(', ');
      const [means] = connection.all<Record<string, number | null>>(
        `SELECT ${columns} FROM predictions WHERE run_row = :runRow AND total_ms IS NOT NULL
           AND sample_row NOT IN ${excludedSampleRows}`,
        { runRow },
      );
      return phases.flatMap(([phase, column]) => {
        const meanMs = means?.[column] ?? null;
        return meanMs === null ? [] : [{ phase, meanMs }];
      });
    },
    finishedRunsOf: (fingerprint) =>
      connection.all<FinishedRun>(
        `SELECT run_id AS runId, configuration_hash AS configurationHash, planned AS questionCount,
           work_ms AS workMs, settings, environment
         FROM runs JOIN models USING (model_row)
         WHERE fingerprint = :fingerprint AND hidden IS NULL AND status = 'finished' AND settings IS NOT NULL AND work_ms > 0
         ORDER BY created_at DESC LIMIT 50`,
        { fingerprint },
      ),
    reportOf: (fingerprint) =>
      connection.all<{ report: string | null }>('SELECT report FROM models WHERE fingerprint = :fingerprint', {
        fingerprint,
      })[0]?.report ?? null,
    finishedAs: (configurationHash) =>
      connection.all<{ runId: string }>(
        `SELECT run_id AS runId FROM runs WHERE configuration_hash = :configurationHash AND hidden IS NULL AND status = 'finished'
         ORDER BY created_at DESC LIMIT 1`,
        { configurationHash },
      )[0]?.runId ?? null,
  };
}
