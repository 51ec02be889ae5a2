/** Analyses of runs that took long to compute, kept as JSON for the revision of the run that they were computed from. */
import type { ScorerName } from '../../shared/prediction.ts';
import type { Connection } from './connection.ts';
import type { RunRecord } from './runs-repository.ts';

export type AnalysesRepository = Readonly<{
  /** What was kept of this revision of the run. */
  kept: (run: RunRecord, kind: string, scorer: ScorerName) => string | undefined;
  /** Replaces what was kept of another revision. */
  keep: (run: RunRecord, kind: string, scorer: ScorerName, result: string) => void;
}>;

export function createAnalysesRepository(connection: Connection): AnalysesRepository {
  return {
    kept: ({ runRow, revision }, kind, scorer) =>
      connection.all<{ result: string }>(
        `SELECT result FROM run_analyses
         WHERE run_row = :runRow AND kind = :kind AND scorer = :scorer AND revision = :revision`,
        { runRow, kind, scorer, revision },
      )[0]?.result,
    keep: ({ runRow, revision }, kind, scorer, result) =>
      void connection.run(
        `INSERT INTO run_analyses (run_row, kind, scorer, revision, result)
         VALUES (:runRow, :kind, :scorer, :revision, :result)
         ON CONFLICT (run_row, kind, scorer) DO UPDATE SET revision = excluded.revision, result = excluded.result`,
        { runRow, kind, scorer, revision, result },
      ),
  };
}
