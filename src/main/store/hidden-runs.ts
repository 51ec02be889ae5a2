/**
 * Runs that come and go in pieces, so that no transaction is long: whoever reads sees all of such a run or nothing of
 * it. What a killed process leaves half-way stays hidden and is removed later. Until it is there, a run carries a name
 * that no other run has; its own is free.
 */
import { fail } from '../../shared/failure.ts';
import { scorerNames } from '../../shared/prediction.ts';
import type { Connection } from './connection.ts';
import { extendPlan, insertRun, type NewRun, type RunOwner } from './runs-repository.ts';

export type HiddenRun = Readonly<{
  runRow: number;
  planned: number;
  /** Who takes it in; null where it is to be removed. */
  owner: RunOwner | null;
}>;

export type HiddenRunsRepository = Readonly<{
  list: () => HiddenRun[];
  /** A run that is to arrive, still without its plan. Its owner renews its lease (run-leases.ts) with every piece. */
  begin: (run: NewRun, owner: RunOwner) => number;
  /** Rows of samples, in the order of the plan. */
  extendPlan: (runRow: number, first: number, plan: readonly number[]) => void;
  /** The run is complete: from now on it is there. Fails: `nothing-to-do` (another of its id has come meanwhile). */
  reveal: (runRow: number, runId: string) => void;
  /** From now on the run is gone, whether it was there or was to arrive. */
  hide: (runRow: number) => void;
  /** Hides and removes a run in one transaction: for one that has few rows yet. */
  removeAtOnce: (runRow: number) => void;
  /**
   * Removes some of a hidden run's rows, with the questions that no other run or tag needs; returns how many questions
   * are done with: of `planned`, null once nothing is left.
   */
  removeSome: (runRow: number) => number | null;
}>;

/** Questions removed at once: a fraction of a second. */
const removedAtOnce = 500;
const scoresAtOnce = 10_000;

export function createHiddenRunsRepository(connection: Connection): HiddenRunsRepository {
  return {
    list: () =>
      connection
        .all<Omit<HiddenRun, 'owner'> & { token: string | null; pid: number; host: string; heartbeatAt: number }>(
          `SELECT run_row AS runRow, planned, owner_token AS token, coalesce(owner_pid, 0) AS pid,
             coalesce(owner_host, '') AS host, coalesce(heartbeat_at, 0) AS heartbeatAt
           FROM runs WHERE hidden IS NOT NULL ORDER BY run_row`,
        )
        .map(({ runRow, planned, token, ...owner }) => ({
          runRow,
          planned,
          owner: token === null ? null : { token, ...owner },
        })),
    begin: (run, { token, pid, host, heartbeatAt }) =>
      connection.transaction(() => {
        const runRow = insertRun(connection, { ...run, runId: `arriving ${token}` });
        connection.run(
          `UPDATE runs SET hidden = 'arriving', owner_token = :token, owner_pid = :pid, owner_host = :host,
             heartbeat_at = :heartbeatAt WHERE run_row = :runRow`,
          { runRow, token, pid, host, heartbeatAt },
        );
        return runRow;
      }),
    extendPlan: (runRow, first, plan) => connection.transaction(() => extendPlan(connection, runRow, first, plan)),
    reveal: (runRow, runId) =>
      connection.transaction(() => {
        if (connection.all('SELECT 1 FROM runs WHERE run_id = :runId', { runId }).length > 0) {
          fail('nothing-to-do', `The store has the run ${runId} already.`, { found: runId });
        }
        connection.run(
          `UPDATE runs SET hidden = NULL, run_id = :runId, owner_token = NULL, owner_pid = NULL, owner_host = NULL,
             heartbeat_at = NULL WHERE run_row = :runRow AND hidden = 'arriving'`,
          { runRow, runId },
        );
      }),
    hide: (runRow) => hide(connection, runRow),
    removeAtOnce: (runRow) =>
      connection.transaction(() => {
        hide(connection, runRow);
        while (removeSome(connection, runRow) !== null);
      }),
    removeSome: (runRow) => connection.transaction(() => removeSome(connection, runRow)),
  };
}

function hide(connection: Connection, runRow: number): void {
  connection.run(
    `UPDATE runs SET hidden = 'leaving', run_id = 'leaving ' || run_row || ' ' || run_id, owner_token = NULL,
       owner_pid = NULL, owner_host = NULL, heartbeat_at = NULL
     WHERE run_row = :runRow AND hidden IS NOT 'leaving'`,
    { runRow },
  );
}

function removeSome(connection: Connection, runRow: number): number | null {
  const sql = `SELECT 1 FROM runs WHERE run_row = :runRow AND hidden = 'leaving'`;
  if (connection.all(sql, { runRow }).length === 0) return null;
  if (removeScores(connection, runRow)) return 0;
  const done = removeQuestions(connection, runRow);
  if (done === null) removeRow(connection, runRow);
  return done;
}

/**
 * Scores go first: their key does not serve the cascade from predictions, which would search a run's scores once for
 * every prediction. True while there may be more.
 */
function removeScores(connection: Connection, runRow: number): boolean {
  for (const scorer of scorerNames) {
    const { changes } = connection.run(
      `DELETE FROM scores WHERE run_row = :runRow AND scorer = :scorer AND position <= (SELECT max(position) FROM
         (SELECT position FROM scores WHERE run_row = :runRow AND scorer = :scorer ORDER BY position LIMIT :limit))`,
      { runRow, scorer, limit: scoresAtOnce },
    );
    if (changes > 0) return true;
  }
  return false;
}

function removeQuestions(connection: Connection, runRow: number): number | null {
  const last = connection.values<number | null>(
    `SELECT max(position) FROM (SELECT position FROM planned_questions WHERE run_row = :runRow
       ORDER BY position LIMIT :limit)`,
    { runRow, limit: removedAtOnce },
  )[0];
  if (last === undefined || last === null) return null;
  const orphans = connection.values<number>(
    `SELECT sample_row FROM planned_questions AS planned WHERE run_row = :runRow AND position <= :last
       AND NOT EXISTS (SELECT 1 FROM planned_questions AS other
         WHERE other.sample_row = planned.sample_row AND other.run_row <> :runRow)
       AND NOT EXISTS (SELECT 1 FROM sample_tags WHERE sample_tags.sample_row = planned.sample_row)`,
    { runRow, last },
  );
  connection.run('DELETE FROM predictions WHERE run_row = :runRow AND position <= :last', { runRow, last });
  connection.run('DELETE FROM planned_questions WHERE run_row = :runRow AND position <= :last', { runRow, last });
  connection.run('DELETE FROM samples WHERE sample_row IN (SELECT value FROM json_each(:orphans))', {
    orphans: JSON.stringify(orphans),
  });
  return last + 1;
}

function removeRow(connection: Connection, runRow: number): void {
  connection.run('DELETE FROM runs WHERE run_row = :runRow', { runRow });
  // A dataset that was opened stays in the list of datasets until it is taken out there.
  connection.run(`DELETE FROM datasets WHERE (opened_at IS NULL OR forgotten = 1)
    AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.dataset_row = datasets.dataset_row)
    AND NOT EXISTS (SELECT 1 FROM samples WHERE samples.dataset_row = datasets.dataset_row)`);
  connection.run(
    'DELETE FROM models WHERE kept = 0 AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.model_row = models.model_row)',
  );
}
