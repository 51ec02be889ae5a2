/** What scorers read, one row for each question of a run and scorer; failed questions have a row too. */
import { scorerNames, type Reading, type ScorerName } from '../../shared/prediction.ts';
import { outcomeOf, type Outcome } from '../analysis/outcomes.ts';
import type { ScienceqaCount } from '../analysis/scienceqa-tables.ts';
import type { Connection } from './connection.ts';
import { excludedPositions } from './excluded-questions.ts';
import { outcomes } from './outcome-numbers.ts';

/** Questions of one stratum with one outcome; `count` leaves the excluded ones out. */
export type StratumCount = Readonly<{
  split: string;
  domain: string;
  topic: string;
  category: string;
  outcome: Outcome;
  count: number;
  excluded: number;
}>;

export type ScoredRow = Readonly<{ position: number; version: number; outcome: Outcome; reading: Reading | null }>;

export type ScoresRepository = Readonly<{
  /** Writes (or replaces) the reading of one question; null for a failed question. */
  save: (runRow: number, position: number, scorer: ScorerName, version: number, reading: Reading | null) => void;
  /** Positions of the run that this version of the scorer has not read, in order. */
  missing: (runRow: number, scorer: ScorerName, version: number, limit: number) => number[];
  /** Scorers that have read something of the run. */
  scorersOf: (runRow: number) => ScorerName[];
  tally: (runRow: number, scorer: ScorerName) => StratumCount[];
  /** The same by grade and modality, for datasets whose questions have them (ScienceQA); else empty. */
  scienceqaTally: (runRow: number, scorer: ScorerName) => ScienceqaCount[];
  /** Score rows at these positions, in order. */
  at: (runRow: number, scorer: ScorerName, positions: readonly number[]) => ScoredRow[];
}>;

type ScoreColumns = {
  position: number;
  scorer: ScorerName;
  version: number;
  outcome: number;
  choiceIndex: number | null;
  rule: string;
  matchStart: number | null;
  matchEnd: number | null;
};

const scoreColumns = `position, scorer, version, outcome, choice_index AS choiceIndex, rule,
  match_start AS matchStart, match_end AS matchEnd`;

const failedOutcome = outcomes.indexOf('failed');

export function createScoresRepository(connection: Connection): ScoresRepository {
  return {
    save: (runRow, position, scorer, version, reading) =>
      void connection.run(
        `INSERT INTO scores (run_row, scorer, position, stratum_row, outcome, version, choice_index, rule,
           match_start, match_end)
         VALUES (:runRow, :scorer, :position,
           (SELECT stratum_row FROM predictions JOIN samples USING (sample_row)
            WHERE run_row = :runRow AND position = :position),
           :outcome, :version, :choiceIndex, :rule, :matchStart, :matchEnd)
         ON CONFLICT (run_row, scorer, position) DO UPDATE SET outcome = excluded.outcome,
           version = excluded.version, choice_index = excluded.choice_index, rule = excluded.rule,
           match_start = excluded.match_start, match_end = excluded.match_end`,
        {
          runRow,
          scorer,
          position,
          version,
          outcome: outcomes.indexOf(outcomeOf(reading)),
          choiceIndex: reading?.choiceIndex ?? null,
          rule: reading?.rule ?? '',
          matchStart: reading?.match?.start ?? null,
          matchEnd: reading?.match?.end ?? null,
        },
      ),
    missing: (runRow, scorer, version, limit) =>
      connection
        .all<{ position: number }>(
          `SELECT position FROM predictions WHERE run_row = :runRow AND NOT EXISTS (SELECT 1 FROM scores
             WHERE scores.run_row = :runRow AND scores.scorer = :scorer
               AND scores.position = predictions.position AND scores.version = :version)
           ORDER BY position LIMIT :limit`,
          { runRow, scorer, version, limit },
        )
        .map(({ position }) => position),
    scorersOf: (runRow) => storedScorers(connection, runRow),
    tally: (runRow, scorer) =>
      connection
        .all<Omit<StratumCount, 'outcome'> & { outcome: number }>(
          `SELECT split, domain, topic, category, outcome, count, excluded FROM (
             SELECT stratum_row, outcome, sum(position NOT IN ${excludedPositions}) AS count,
               sum(position IN ${excludedPositions}) AS excluded FROM scores
             WHERE run_row = :runRow AND scorer = :scorer GROUP BY stratum_row, outcome
           ) JOIN strata USING (stratum_row)`,
          { runRow, scorer },
        )
        .map((row) => ({ ...row, outcome: outcomes[row.outcome] ?? 'failed' })),
    scienceqaTally: (runRow, scorer) =>
      hasModality(connection, runRow)
        ? connection
            .all<Omit<ScienceqaCount, 'outcome'> & { outcome: number }>(
              `SELECT strata.domain AS domain, coalesce(attributes ->> 'grade', '') AS grade,
                 coalesce(attributes ->> 'modality', '') AS modality, outcome, count(*) AS count
               FROM scores JOIN predictions USING (run_row, position) JOIN samples USING (sample_row)
               JOIN strata ON strata.stratum_row = scores.stratum_row
               WHERE run_row = :runRow AND scorer = :scorer AND position NOT IN ${excludedPositions}
               GROUP BY strata.domain, grade, modality, outcome`,
              { runRow, scorer },
            )
            .map((row) => ({ ...row, outcome: outcomes[row.outcome] ?? 'failed' }))
        : [],
    at: (runRow, scorer, positions) =>
      connection
        .all<ScoreColumns>(
          `SELECT ${scoreColumns} FROM scores WHERE run_row = :runRow AND scorer = :scorer
             AND position IN (SELECT value FROM json_each(:positions)) ORDER BY position`,
          { runRow, scorer, positions: JSON.stringify(positions) },
        )
        .map((row) => ({
          position: row.position,
          version: row.version,
          outcome: outcomes[row.outcome] ?? 'failed',
          reading: row.outcome === failedOutcome ? null : readingOfRow(row),
        })),
  };
}

/** Judged by the run's first question: a dataset's questions have the same attributes. */
function hasModality(connection: Connection, runRow: number): boolean {
  const sql = `SELECT attributes ->> 'modality' AS modality FROM predictions JOIN samples USING (sample_row)
    WHERE run_row = :runRow ORDER BY position LIMIT 1`;
  return typeof connection.all<{ modality: string | null }>(sql, { runRow })[0]?.modality === 'string';
}

/** Scorers that have read something of the run: a seek for each, instead of a scan over all scores of the run. */
export function storedScorers(connection: Connection, runRow: number): ScorerName[] {
  const sql = 'SELECT 1 AS found FROM scores WHERE run_row = :runRow AND scorer = :scorer LIMIT 1';
  return scorerNames.filter((scorer) => connection.all(sql, { runRow, scorer })[0] !== undefined);
}

function readingOfRow(row: ScoreColumns): Reading {
  const { scorer, version, choiceIndex, rule, matchStart, matchEnd } = row;
  return {
    scorer,
    version,
    choiceIndex,
    correct: row.outcome === outcomes.indexOf('right'),
    rule,
    match: matchStart === null || matchEnd === null ? null : { start: matchStart, end: matchEnd },
  };
}
