/** The datasets that the user has opened, or that runs were made of: the list of the datasets page. */
import { datasetSummarySchema, type DatasetFormat, type DatasetSummary } from '../../shared/sample.ts';
import type { Connection } from './connection.ts';
import type { DatasetRecord } from './datasets-repository.ts';
import { parseJsonColumn } from './json-column.ts';

export type KnownDatasetRecord = DatasetRecord &
  Readonly<{
    /** Null until the dataset was opened on its own. */
    openedAt: string | null;
    /** Its counts as they were then, without problems. */
    summary: DatasetSummary | null;
    runCount: number;
  }>;

export type KnownDatasetsRepository = Readonly<{
  /** Latest opened first, then those only known through runs; without forgotten ones and prediction files. */
  list: () => KnownDatasetRecord[];
  get: (fingerprint: string) => KnownDatasetRecord | undefined;
  /** Adds the dataset, or notes where it lies now; the summary's problems are not kept. */
  noteOpened: (summary: DatasetSummary) => void;
  /** Takes it off the list; false where it is not on it. */
  forget: (fingerprint: string) => boolean;
}>;

type Row = Readonly<{
  datasetRow: number;
  fingerprint: string;
  path: string;
  format: DatasetFormat | null;
  licence: string | null;
  openedAt: string | null;
  summary: string | null;
  runCount: number;
}>;

const selectKnown = `SELECT dataset_row AS datasetRow, fingerprint, path, format, licence, opened_at AS openedAt, summary,
    (SELECT count(*) FROM runs WHERE runs.dataset_row = datasets.dataset_row AND hidden IS NULL) AS runCount
  FROM datasets WHERE forgotten = 0 AND fingerprint NOT LIKE 'predictions:%'`;

export function createKnownDatasetsRepository(connection: Connection): KnownDatasetsRepository {
  const known = ({ summary, ...row }: Row): KnownDatasetRecord => ({
    ...row,
    summary:
      summary === null
        ? null
        : parseJsonColumn(datasetSummarySchema, summary, connection.path, `datasets.summary of ${row.fingerprint}`),
  });
  return {
    list: () => connection.all<Row>(`${selectKnown} ORDER BY opened_at DESC NULLS LAST, dataset_row DESC`).map(known),
    get: (fingerprint) =>
      connection.all<Row>(`${selectKnown} AND fingerprint = :fingerprint`, { fingerprint }).map(known)[0],
    noteOpened: ({ fingerprint, path, format, licence, ...counts }) => {
      const now = new Date().toISOString();
      const summary = JSON.stringify({ fingerprint, path, format, licence, ...counts, problems: [] });
      connection.run(
        `INSERT INTO datasets (fingerprint, path, format, licence, added_at, opened_at, summary)
         VALUES (:fingerprint, :path, :format, :licence, :now, :now, :summary)
         ON CONFLICT (fingerprint) DO UPDATE SET path = excluded.path, format = excluded.format,
           licence = excluded.licence, opened_at = excluded.opened_at, summary = excluded.summary, forgotten = 0`,
        { fingerprint, path, format, licence, now, summary },
      );
    },
    forget: (fingerprint) =>
      connection.run('UPDATE datasets SET forgotten = 1 WHERE forgotten = 0 AND fingerprint = :fingerprint', {
        fingerprint,
      }).changes > 0,
  };
}
