/**
 * Latent steps: masses and focus in narrow rows for analysis over a run; selected slots, scores, ranks, pool and
 * image attention as blobs beside them.
 */
import type { ScorerName } from '../../shared/prediction.ts';
import type { LatentStep } from '../../shared/trace.ts';
import type { Grid, TalliedStep } from '../analysis/attention.ts';
import type { Outcome } from '../analysis/outcomes.ts';
import type { Connection } from './connection.ts';
import { outcomes } from './outcome-numbers.ts';
import { packHalves, packIntegers, packReals, packSlotSet, unpackNumbers } from './number-blobs.ts';

/**
 * How much of each step is read: `masses` leaves all lists empty, `patches` adds selected slots, scores and ranks,
 * `all` also pool and image attention.
 */
export const stepDetails = ['masses', 'patches', 'all'] as const;
export type StepDetail = (typeof stepDetails)[number];

type StepLists = 'selectedSlots' | 'scores' | 'ranks' | 'pool' | 'imageAttention';

type StepColumns = Omit<LatentStep, StepLists> &
  Readonly<{ predictionRow: number }> &
  Partial<Record<StepLists, Uint8Array>>;

const massColumns = `prediction_row AS predictionRow, step_index AS stepIndex, vision_mass AS visionMass,
  text_mass AS textMass, latent_vision_mass AS latentVisionMass, latent_text_mass AS latentTextMass,
  vision_focus AS visionFocus`;
const patchColumns = `${massColumns}, selected_slots AS selectedSlots, scores, ranks`;
const bothTables = 'latent_steps JOIN latent_step_patches USING (prediction_row, step_index)';

const selectByDetail: Readonly<Record<StepDetail, string>> = {
  masses: `SELECT ${massColumns} FROM latent_steps`,
  patches: `SELECT ${patchColumns} FROM ${bothTables}`,
  all: `SELECT ${patchColumns}, pool, image_attention AS imageAttention FROM ${bothTables}`,
};

export type LatentStepsRepository = Readonly<{
  insert: (predictionRow: number, steps: readonly LatentStep[]) => void;
  /** The largest number of latent steps that any question of the run took. */
  stepCount: (runRow: number) => number;
  /** Steps in order, by prediction row; predictions without steps have no entry. */
  read: (predictionRows: readonly number[], detail: StepDetail) => ReadonlyMap<number, LatentStep[]>;
  /** Questions at these positions that have a trace, with what a tally of attention needs of their steps. */
  tallied: (runRow: number, scorer: ScorerName, positions: readonly number[]) => TalliedQuestion[];
}>;

/** `grid` is null without an image. */
export type TalliedQuestion = Readonly<{ outcome: Outcome; grid: Grid | null; steps: readonly TalliedStep[] }>;

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
    read: (predictionRows, detail) => {
      const rows = connection.all<StepColumns>(
        `${selectByDetail[detail]} WHERE prediction_row IN (SELECT value FROM json_each(:rows))
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
    tallied: (runRow, scorer, positions) => readTallied(connection, runRow, scorer, positions),
  };
}

type TallyColumns = Omit<TalliedStep, 'selectedSlots'> &
  Readonly<{
    predictionRow: number;
    outcome: number;
    gridRows: number | null;
    gridColumns: number | null;
    selectedSlots: Uint8Array;
  }>;

function readTallied(
  connection: Connection,
  runRow: number,
  scorer: ScorerName,
  positions: readonly number[],
): TalliedQuestion[] {
  const rows = connection.all<TallyColumns>(
    `SELECT ${massColumns}, selected_slots AS selectedSlots, outcome, trace ->> '$.image.gridRows' AS gridRows,
       trace ->> '$.image.gridColumns' AS gridColumns
     FROM scores JOIN predictions USING (run_row, position) JOIN outputs USING (prediction_row)
     JOIN latent_steps USING (prediction_row) JOIN latent_step_patches USING (prediction_row, step_index)
     WHERE run_row = :runRow AND scorer = :scorer AND position IN (SELECT value FROM json_each(:positions))
     ORDER BY position, step_index`,
    { runRow, scorer, positions: JSON.stringify(positions) },
  );
  const questions: { predictionRow: number; outcome: Outcome; grid: Grid | null; steps: TalliedStep[] }[] = [];
  for (const { predictionRow, outcome, gridRows, gridColumns, selectedSlots, ...masses } of rows) {
    const step = { ...masses, selectedSlots: unpackNumbers(selectedSlots) };
    const question = questions.at(-1);
    if (question?.predictionRow === predictionRow) {
      question.steps.push(step);
      continue;
    }
    const grid = gridRows === null || gridColumns === null ? null : { gridRows, gridColumns };
    questions.push({ predictionRow, outcome: outcomes[outcome] ?? 'failed', grid, steps: [step] });
  }
  return questions;
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
    selectedSlots: listOf(row.selectedSlots),
    scores: listOf(row.scores),
    ranks: listOf(row.ranks),
    pool: listOf(row.pool),
    imageAttention: listOf(row.imageAttention),
  };
}

const listOf = (blob: Uint8Array | undefined): number[] => (blob === undefined ? [] : unpackNumbers(blob));
