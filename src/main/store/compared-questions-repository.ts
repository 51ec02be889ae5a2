/** What comparisons of many runs read of each question: outcome, category, steps and time; no text. */
import type { ScorerName } from '../../shared/prediction.ts';
import type { AlignedQuestion } from '../analysis/align-runs.ts';
import type { Connection } from './connection.ts';
import { excludedSampleRows } from './excluded-questions.ts';
import { outcomes } from './outcome-numbers.ts';

export type ComparedQuestion = AlignedQuestion & Readonly<{ position: number }>;

export type ComparedQuestionsRepository = Readonly<{
  /** The next scored questions of a run after a position, in order. */
  after: (runRow: number, scorer: ScorerName, position: number, limit: number) => ComparedQuestion[];
}>;

type Columns = Omit<ComparedQuestion, 'outcome' | 'excluded'> & { outcome: number; excluded: number };

export function createComparedQuestionsRepository(connection: Connection): ComparedQuestionsRepository {
  return {
    after: (runRow, scorer, position, limit) =>
      connection
        .all<Columns>(
          `SELECT page.position AS position, sample_id AS sampleId, domain, outcome, ar_steps AS arSteps,
             total_ms AS totalMs, samples.sample_row IN ${excludedSampleRows} AS excluded
           FROM (SELECT position, outcome, stratum_row FROM scores
             WHERE run_row = :runRow AND scorer = :scorer AND position > :position
             ORDER BY position LIMIT :limit) AS page
           JOIN predictions ON predictions.run_row = :runRow AND predictions.position = page.position
           JOIN samples USING (sample_row) JOIN strata ON strata.stratum_row = page.stratum_row
           ORDER BY page.position`,
          { runRow, scorer, position, limit },
        )
        .map((row) => ({ ...row, outcome: outcomes[row.outcome] ?? 'failed', excluded: row.excluded === 1 })),
  };
}
