/**
 * Cheap signs that something in the store has changed, whoever wrote it: other processes by SQLite's data_version,
 * this connection by its count of changes. Says that and where something changed, never what.
 */
import type { Connection } from './connection.ts';
import type { RunOwner, StoredRunStatus } from './runs-repository.ts';

/** What the list of runs shows of a run without reading its rows. */
export type RunSign = Readonly<{
  runId: string;
  status: StoredRunStatus;
  label: string;
  revision: number;
  owner: RunOwner | null;
}>;

export const changeAreas = ['annotations', 'datasets', 'models', 'views'] as const;
export type ChangeArea = (typeof changeAreas)[number];

export type ChangeSigns = Readonly<{
  /** Another text whenever anything was written, by this connection or another. */
  version: () => string;
  /** Every run; reads a narrow row for each. */
  runs: () => RunSign[];
  /** Another text when rows of the area were added, removed or changed. */
  area: (area: ChangeArea) => string;
}>;

const areaQueries: Readonly<Record<ChangeArea, string>> = {
  // Tags and notes count up the runs that they are seen in.
  annotations: `SELECT (SELECT coalesce(sum(annotation_revision), 0) FROM runs) || ' '
    || (SELECT count(*) || ' ' || coalesce(max(probe_row), 0) FROM probes) AS sign`,
  datasets: `SELECT count(*) || ' ' || coalesce(group_concat(path || coalesce(opened_at, '') || forgotten), '') AS sign
    FROM datasets`,
  models: `SELECT count(*) || ' ' || coalesce(group_concat(path || coalesce(report, '') || forgotten), '') AS sign
    FROM models`,
  views: `SELECT count(*) || ' ' || coalesce(group_concat(name || saved_at), '') AS sign FROM saved_views`,
};

export function createChangeSigns(connection: Connection): ChangeSigns {
  return {
    version: () => {
      const own = connection.all<{ changes: number }>('SELECT total_changes() AS changes')[0]?.changes ?? 0;
      return `${String(connection.pragma('data_version'))} ${String(own)}`;
    },
    runs: () =>
      connection
        .all<
          Omit<RunSign, 'owner'> & {
            token: string | null;
            pid: number | null;
            host: string | null;
            heartbeatAt: number | null;
          }
        >(
          `SELECT run_id AS runId, status, label, revision, owner_token AS token, owner_pid AS pid,
             owner_host AS host, heartbeat_at AS heartbeatAt FROM runs WHERE hidden IS NULL`,
        )
        .map(({ token, pid, host, heartbeatAt, ...sign }) => ({
          ...sign,
          owner: token === null ? null : { token, pid: pid ?? 0, host: host ?? '', heartbeatAt: heartbeatAt ?? 0 },
        })),
    area: (area) => connection.all<{ sign: string }>(areaQueries[area])[0]?.sign ?? '',
  };
}
