/** What a run holds that goes with it, and when it was last saved elsewhere. */
import type { Connection } from './connection.ts';

export type RunContents = Readonly<{
  answers: number;
  notes: number;
  probes: number;
  packedAt: string | null;
  exportedAt: string | null;
}>;

export type RunContentsRepository = Readonly<{
  /** Fails as a bug where there is no such run. */
  of: (runRow: number) => RunContents;
  notePacked: (runRow: number) => void;
  noteExported: (runRow: number) => void;
}>;

export function createRunContentsRepository(connection: Connection): RunContentsRepository {
  return {
    of: (runRow) => {
      // CROSS JOIN: from the few notes and probes to their answers, not from a run's many answers.
      const [found] = connection.all<RunContents>(
        `SELECT (SELECT count(*) FROM predictions WHERE run_row = :runRow) AS answers,
           (SELECT count(*) FROM notes CROSS JOIN predictions USING (prediction_row) WHERE run_row = :runRow) AS notes,
           (SELECT count(*) FROM probes CROSS JOIN predictions USING (prediction_row) WHERE run_row = :runRow) AS probes,
           packed_at AS packedAt, exported_at AS exportedAt
         FROM runs WHERE run_row = :runRow`,
        { runRow },
      );
      if (found === undefined) throw new Error(`there is no run in row ${String(runRow)}`);
      return found;
    },
    notePacked: (runRow) =>
      void connection.run('UPDATE runs SET packed_at = :at WHERE run_row = :runRow', {
        runRow,
        at: new Date().toISOString(),
      }),
    noteExported: (runRow) =>
      void connection.run('UPDATE runs SET exported_at = :at WHERE run_row = :runRow', {
        runRow,
        at: new Date().toISOString(),
      }),
  };
}
