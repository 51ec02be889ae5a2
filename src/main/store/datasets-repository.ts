/** Datasets and models that runs refer to, each known by its fingerprint; where they lie may change. */
import type { DatasetFormat } from '../../shared/sample.ts';
import type { Precision } from '../../shared/bundle.ts';
import type { Connection } from './connection.ts';

export type DatasetRecord = Readonly<{
  datasetRow: number;
  fingerprint: string;
  path: string;
  /** Null for the questions of a prediction file. */
  format: DatasetFormat | null;
  licence: string | null;
}>;

export type ModelRecord = Readonly<{
  modelRow: number;
  fingerprint: string;
  path: string;
  name: string;
  precision: Precision;
}>;

export type DatasetsRepository = Readonly<{
  /** Adds the dataset, or notes where it lies now; returns its row. */
  saveDataset: (dataset: Omit<DatasetRecord, 'datasetRow'>) => number;
  /** Adds the dataset, or finds the one that is there, and leaves its path as it is. */
  addDataset: (dataset: Omit<DatasetRecord, 'datasetRow'>) => number;
  getDataset: (datasetRow: number) => DatasetRecord | undefined;
  saveModel: (model: Omit<ModelRecord, 'modelRow'>) => number;
  addModel: (model: Omit<ModelRecord, 'modelRow'>) => number;
  getModel: (modelRow: number) => ModelRecord | undefined;
}>;

const insertDataset = `INSERT INTO datasets (fingerprint, path, format, licence, added_at)
  VALUES (:fingerprint, :path, :format, :licence, :addedAt)`;
const insertModel = `INSERT INTO models (fingerprint, path, name, precision, added_at)
  VALUES (:fingerprint, :path, :name, :precision, :addedAt)`;
const selectDataset = 'SELECT dataset_row AS datasetRow, fingerprint, path, format, licence FROM datasets';
const selectModel = 'SELECT model_row AS modelRow, fingerprint, path, name, precision FROM models';

export function createDatasetsRepository(connection: Connection): DatasetsRepository {
  const addedAt = (): string => new Date().toISOString();
  const datasetRowOf = (fingerprint: string): number =>
    connection.all<DatasetRecord>(`${selectDataset} WHERE fingerprint = :fingerprint`, { fingerprint })[0]
      ?.datasetRow ?? 0;
  const modelRowOf = (fingerprint: string): number =>
    connection.all<ModelRecord>(`${selectModel} WHERE fingerprint = :fingerprint`, { fingerprint })[0]?.modelRow ?? 0;
  return {
    saveDataset: (dataset) => {
      connection.run(
        `${insertDataset} ON CONFLICT (fingerprint) DO UPDATE SET path = excluded.path, licence = excluded.licence, forgotten = 0`,
        { ...dataset, addedAt: addedAt() },
      );
      return datasetRowOf(dataset.fingerprint);
    },
    addDataset: (dataset) => {
      connection.run(`${insertDataset} ON CONFLICT DO NOTHING`, { ...dataset, addedAt: addedAt() });
      return datasetRowOf(dataset.fingerprint);
    },
    getDataset: (datasetRow) =>
      connection.all<DatasetRecord>(`${selectDataset} WHERE dataset_row = :datasetRow`, { datasetRow })[0],
    saveModel: (model) => {
      connection.run(
        `${insertModel} ON CONFLICT (fingerprint) DO UPDATE
           SET path = excluded.path, name = excluded.name, forgotten = 0`,
        { ...model, addedAt: addedAt() },
      );
      return modelRowOf(model.fingerprint);
    },
    addModel: (model) => {
      connection.run(`${insertModel} ON CONFLICT DO NOTHING`, { ...model, addedAt: addedAt() });
      return modelRowOf(model.fingerprint);
    },
    getModel: (modelRow) => connection.all<ModelRecord>(`${selectModel} WHERE model_row = :modelRow`, { modelRow })[0],
  };
}
