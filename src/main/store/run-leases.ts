/**
 * Who works on a run. An owner holds a random token and renews a heartbeat; every write of a running run names
 * the token, so that an owner that slept through its lease cannot write beside its successor.
 */
import type { Failure } from '../../shared/failure.ts';
import type { Connection } from './connection.ts';
import type { RunOwner, StoredRunStatus } from './runs-repository.ts';

export const stopRequests = { none: 0, afterBatch: 1, atOnce: 2 } as const;

export type RunLeases = Readonly<{
  /** Takes the run if its owner is still `previous` (null: nobody). False when somebody else was faster. */
  take: (runRow: number, owner: RunOwner, previous: RunOwner | null) => boolean;
  /** Renews the heartbeat; null when the lease is lost, otherwise what was asked of the owner meanwhile. */
  renew: (runRow: number, token: string, heartbeatAt: number) => number | null;
  /** Renews the heartbeats of several runs in one write; what was asked of each owner that still holds its lease. */
  renewAll: (tokens: readonly string[], heartbeatAt: number) => ReadonlyMap<string, number>;
  /** Gives the run back with its new state; false when the lease was lost before. */
  release: (
    runRow: number,
    token: string,
    end: Readonly<{ status: StoredRunStatus; failure: Failure | null; finishedAt: string | null }>,
  ) => boolean;
  /** Asks the owner to stop. */
  requestStop: (runRow: number, request: number) => void;
}>;

export function createRunLeases(connection: Connection): RunLeases {
  return {
    take: (runRow, owner, previous) =>
      connection.run(
        `UPDATE runs SET status = 'running', failure = NULL, finished_at = NULL, owner_token = :token,
           owner_pid = :pid, owner_host = :host, heartbeat_at = :heartbeatAt, stop_requested = 0
         WHERE run_row = :runRow AND status <> 'finished' AND owner_token IS :previousToken`,
        { runRow, ...owner, previousToken: previous?.token ?? null },
      ).changes === 1,
    renew: (runRow, token, heartbeatAt) =>
      connection.all<{ stopRequested: number }>(
        `UPDATE runs SET heartbeat_at = :heartbeatAt WHERE run_row = :runRow AND owner_token = :token
         RETURNING stop_requested AS stopRequested`,
        { runRow, token, heartbeatAt },
      )[0]?.stopRequested ?? null,
    renewAll: (tokens, heartbeatAt) =>
      new Map(
        connection
          .all<{ token: string; stopRequested: number }>(
            `UPDATE runs SET heartbeat_at = :heartbeatAt
             WHERE owner_token IS NOT NULL AND owner_token IN (SELECT value FROM json_each(:tokens))
             RETURNING owner_token AS token, stop_requested AS stopRequested`,
            { tokens: JSON.stringify(tokens), heartbeatAt },
          )
          .map(({ token, stopRequested }) => [token, stopRequested]),
      ),
    release: (runRow, token, { status, failure, finishedAt }) =>
      connection.run(
        `UPDATE runs SET status = :status, failure = :failure, finished_at = :finishedAt, owner_token = NULL,
           owner_pid = NULL, owner_host = NULL, heartbeat_at = NULL, stop_requested = 0
         WHERE run_row = :runRow AND owner_token = :token`,
        { runRow, token, status, failure: failure === null ? null : JSON.stringify(failure), finishedAt },
      ).changes === 1,
    requestStop: (runRow, request) =>
      void connection.run(
        `UPDATE runs SET stop_requested = max(stop_requested, :request)
         WHERE run_row = :runRow AND owner_token IS NOT NULL`,
        { runRow, request },
      ),
  };
}
