/**
 * Probes: a stored question answered again with other settings. They hang on the prediction and go with it; they
 * count in no result of the run.
 */
import { predictionSchema, type Prediction } from '../../shared/prediction.ts';
import { runSettingsSchema, type RunSettings } from '../../shared/run-settings.ts';
import type { Connection } from './connection.ts';
import { parseJsonColumn } from './json-column.ts';

export type StoredProbe = Readonly<{
  probeId: string;
  createdAt: string;
  settings: RunSettings;
  prediction: Prediction;
}>;

/** With its row, which orders them, and the position of its question. */
export type StoredProbeOfRun = Readonly<{ probeRow: number; position: number; probe: StoredProbe }>;

export type ProbesRepository = Readonly<{
  /** False where the run has no row at this position (any more), or the id is taken: nothing is written then. */
  save: (runRow: number, position: number, probe: StoredProbe) => boolean;
  /** Newest first. */
  ofPrediction: (runRow: number, position: number) => StoredProbe[];
  /** The next probes of a run after a row of theirs, oldest first: for walks over all of them. */
  ofRun: (runRow: number, afterProbeRow: number, limit: number) => StoredProbeOfRun[];
  /** False where there is no such probe. */
  remove: (probeId: string) => boolean;
}>;

type ProbeColumns = { probeId: string; createdAt: string; settings: string; prediction: string };

export function createProbesRepository(connection: Connection): ProbesRepository {
  return {
    save: (runRow, position, { probeId, createdAt, settings, prediction }) =>
      connection.run(
        `INSERT INTO probes (probe_id, prediction_row, created_at, settings, prediction)
         SELECT :probeId, prediction_row, :createdAt, :settings, :prediction FROM predictions
         WHERE run_row = :runRow AND position = :position ON CONFLICT (probe_id) DO NOTHING`,
        {
          runRow,
          position,
          probeId,
          createdAt,
          settings: JSON.stringify(settings),
          prediction: JSON.stringify(prediction),
        },
      ).changes > 0,
    ofPrediction: (runRow, position) =>
      connection
        .all<ProbeColumns>(
          `SELECT probe_id AS probeId, created_at AS createdAt, settings, prediction
           FROM probes JOIN predictions USING (prediction_row)
           WHERE run_row = :runRow AND position = :position ORDER BY probe_row DESC`,
          { runRow, position },
        )
        .map((row) => probeOf(row, connection.path)),
    ofRun: (runRow, afterProbeRow, limit) =>
      connection
        .all<ProbeColumns & { probeRow: number; position: number }>(
          `SELECT probe_row AS probeRow, position, probe_id AS probeId, created_at AS createdAt, settings, prediction
           FROM probes JOIN predictions USING (prediction_row)
           WHERE run_row = :runRow AND probe_row > :afterProbeRow ORDER BY probe_row LIMIT :limit`,
          { runRow, afterProbeRow, limit },
        )
        .map((row) => ({ probeRow: row.probeRow, position: row.position, probe: probeOf(row, connection.path) })),
    remove: (probeId) => connection.run('DELETE FROM probes WHERE probe_id = :probeId', { probeId }).changes > 0,
  };
}

function probeOf({ probeId, createdAt, settings, prediction }: ProbeColumns, file: string): StoredProbe {
  const place = `probe ${probeId}`;
  return {
    probeId,
    createdAt,
    settings: parseJsonColumn(runSettingsSchema, settings, file, place),
    prediction: parseJsonColumn(predictionSchema, prediction, file, place),
  };
}
