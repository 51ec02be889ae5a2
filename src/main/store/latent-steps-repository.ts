/**
 * Latent steps: masses and focus in narrow rows for analysis over a run; selected slots, scores, ranks, pool and
 * image attention as blobs beside them.
 */
import type { LatentStep } from '../../shared/trace.ts';
import type { Connection } from './connection.ts';
import { packHalves, packIntegers, packReals, packSlotSet, unpackNumbers } from './number-blobs.ts';

type StepColumns = Omit<LatentStep, 'selectedSlots' | 'scores' | 'ranks' | 'pool' | 'imageAttention'> & {
  predictionRow: number;
  selectedSlots: Uint8Array;
  scores: Uint8Array;
  ranks: Uint8Array;
  pool: Uint8Array;
  imageAttention: Uint8Array;
};

export type LatentStepsRepository = Readonly<{
  insert: (predictionRow: number, steps: readonly LatentStep[]) => void;
  /** The largest number of latent steps that any question of the run took. */
  stepCount: (runRow: number) => number;
  /** Steps in order, by prediction row; predictions without steps have no entry. */
  read: (predictionRows: readonly number[]) => ReadonlyMap<number, LatentStep[]>;
}>;

export function createLatentStepsRepository(connection: Connection): LatentStepsRepository {
  return {
    insert: (predictionRow, steps) => {
      for (const step of steps) insertStep(connection, predictionRow, step);
    },
    stepCount: (runRow) =>
      connection.all<{ steps: number | null }>(
        `SELECT max(step_index) + 1 AS steps FROM predictions JOIN latent_steps USING (prediction_row)
         WHERE run_row = :runRow`,
        { runRow },
      )[0]?.steps ?? 0,
    read: (predictionRows) => {
      const rows = connection.all<StepColumns>(
        `SELECT prediction_row AS predictionRow, step_index AS stepIndex, vision_mass AS visionMass,
           text_mass AS textMass, latent_vision_mass AS latentVisionMass, latent_text_mass AS latentTextMass,
           vision_focus AS visionFocus, selected_slots AS selectedSlots, scores, ranks, pool,
           image_attention AS imageAttention
         FROM latent_steps JOIN latent_step_patches USING (prediction_row, step_index)
         WHERE prediction_row IN (SELECT value FROM json_each(:rows))
         ORDER BY prediction_row, step_index`,
        { rows: JSON.stringify(predictionRows) },
      );
      const byPrediction = new Map<number, LatentStep[]>();
      for (const { predictionRow, ...row } of rows) {
        const steps = byPrediction.get(predictionRow) ?? [];
        steps.push(stepOf(row));
        byPrediction.set(predictionRow, steps);
      }
      return byPrediction;
    },
  };
}

function insertStep(connection: Connection, predictionRow: number, step: LatentStep): void {
  const { stepIndex, visionMass, textMass, latentVisionMass, latentTextMass, visionFocus } = step;
  connection.run(
    `INSERT INTO latent_steps (prediction_row, step_index, vision_mass, text_mass, latent_vision_mass,
       latent_text_mass, vision_focus)
     VALUES (:predictionRow, :stepIndex, :visionMass, :textMass, :latentVisionMass, :latentTextMass, :visionFocus)`,
    { predictionRow, stepIndex, visionMass, textMass, latentVisionMass, latentTextMass, visionFocus },
  );
  connection.run(
    `INSERT INTO latent_step_patches (prediction_row, step_index, selected_slots, scores, ranks, pool,
       image_attention)
     VALUES (:predictionRow, :stepIndex, :selectedSlots, :scores, :ranks, :pool, :imageAttention)`,
    {
      predictionRow,
      stepIndex,
      selectedSlots: packIntegers(step.selectedSlots),
      scores: packReals(step.scores),
      ranks: packIntegers(step.ranks),
      pool: packSlotSet(step.pool),
      imageAttention: packHalves(step.imageAttention),
    },
  );
}

function stepOf(row: Omit<StepColumns, 'predictionRow'>): LatentStep {
  return {
    ...row,
    selectedSlots: unpackNumbers(row.selectedSlots),
    scores: unpackNumbers(row.scores),
    ranks: unpackNumbers(row.ranks),
    pool: unpackNumbers(row.pool),
    imageAttention: unpackNumbers(row.imageAttention),
  };
}
