/** Models as the page of models lists them: those that were kept or that runs used, with their reports. */
import type { Precision } from '../../shared/bundle.ts';
import { modelReportSchema, type ModelReport } from '../../shared/contract/models.ts';
import type { Connection } from './connection.ts';

export type ListedModel = Readonly<{
  fingerprint: string;
  path: string;
  name: string;
  precision: Precision;
  /** Imported or added by the user: stays without runs. */
  kept: boolean;
  /** Taken off the list; its runs remain. */
  forgotten: boolean;
  runCount: number;
  /** Null before any check, and where what is stored cannot be read. */
  report: ModelReport | null;
}>;

type NewModel = Pick<ListedModel, 'fingerprint' | 'path' | 'name' | 'precision'>;

export type ModelsRepository = Readonly<{
  list: () => ListedModel[];
  find: (fingerprint: string) => ListedModel | undefined;
  /** Puts it on the list, or notes where it lies now. Another model that lay there is only listed for its runs. */
  keep: (model: NewModel) => void;
  /** Takes it off the list, also where the folder would put it there again. */
  forget: (model: NewModel) => void;
  saveReport: (fingerprint: string, report: ModelReport) => void;
  /** Ids of the model's newest runs. */
  newestRuns: (fingerprint: string, limit: number) => string[];
  /** Ids of its runs that somebody works on, or did until the program was killed. */
  ownedRuns: (fingerprint: string) => string[];
}>;

type Columns = Omit<ListedModel, 'kept' | 'forgotten' | 'report'> & {
  kept: number;
  forgotten: number;
  report: string | null;
};

const select = `SELECT fingerprint, path, name, precision, kept, forgotten, report,
  (SELECT count(*) FROM runs WHERE runs.model_row = models.model_row AND hidden IS NULL) AS runCount FROM models`;
const put = `INSERT INTO models (fingerprint, path, name, precision, added_at, kept, forgotten)
  VALUES (:fingerprint, :path, :name, :precision, :addedAt, :kept, :forgotten)
  ON CONFLICT (fingerprint) DO UPDATE
    SET path = excluded.path, name = excluded.name, kept = excluded.kept, forgotten = excluded.forgotten`;

export function createModelsRepository(connection: Connection): ModelsRepository {
  const runsOf = (fingerprint: string, condition: string, limit: number): string[] =>
    connection
      .all<{ runId: string }>(
        `SELECT run_id AS runId FROM runs JOIN models USING (model_row) WHERE fingerprint = :fingerprint AND hidden IS NULL ${condition}
         ORDER BY created_at DESC, run_row DESC LIMIT :limit`,
        { fingerprint, limit },
      )
      .map(({ runId }) => runId);
  const addedAt = (): string => new Date().toISOString();
  return {
    list: () => connection.all<Columns>(`${select} ORDER BY added_at DESC, model_row DESC`).map(listed),
    find: (fingerprint) =>
      connection.all<Columns>(`${select} WHERE fingerprint = :fingerprint`, { fingerprint }).map(listed)[0],
    keep: (model) =>
      connection.transaction(() => {
        connection.run('UPDATE models SET kept = 0 WHERE path = :path AND fingerprint <> :fingerprint', {
          path: model.path,
          fingerprint: model.fingerprint,
        });
        connection.run(put, { ...model, addedAt: addedAt(), kept: 1, forgotten: 0 });
      }),
    forget: (model) => void connection.run(put, { ...model, addedAt: addedAt(), kept: 0, forgotten: 1 }),
    saveReport: (fingerprint, report) =>
      void connection.run('UPDATE models SET report = :report WHERE fingerprint = :fingerprint', {
        fingerprint,
        report: JSON.stringify(report),
      }),
    newestRuns: (fingerprint, limit) => runsOf(fingerprint, '', limit),
    ownedRuns: (fingerprint) => runsOf(fingerprint, 'AND owner_token IS NOT NULL', 1000),
  };
}

function listed({ kept, forgotten, report, ...rest }: Columns): ListedModel {
  return { ...rest, kept: kept === 1, forgotten: forgotten === 1, report: readReport(report) };
}

/** A report can be made again: one that cannot be read counts as none. */
function readReport(json: string | null): ModelReport | null {
  if (json === null) return null;
  try {
    const parsed = modelReportSchema.safeParse(JSON.parse(json));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
