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

type AnsweredColumns = [predictionRow: number, outcome: number, gridRows: number | null, gridColumns: number | null];
type TallyColumns = [
  predictionRow: number,
  stepIndex: number,
  visionMass: number,
  textMass: number,
  latentVisionMass: number,
  latentTextMass: number,
  visionFocus: number,
  selectedSlots: Uint8Array,
];

/** Questions and their steps apart: joined, the trace's JSON would be read for each step. */
function readTallied(
  connection: Connection,
  runRow: number,
  scorer: ScorerName,
  positions: readonly number[],
): TalliedQuestion[] {
  const answered = connection.rows<AnsweredColumns>(
    `SELECT prediction_row, outcome, trace ->> '$.image.gridRows', trace ->> '$.image.gridColumns'
     FROM json_each(:positions) AS given CROSS JOIN scores ON scores.run_row = :runRow AND scores.scorer = :scorer
       AND scores.position = given.value
     CROSS JOIN predictions ON predictions.run_row = :runRow AND predictions.position = given.value
     CROSS JOIN outputs USING (prediction_row) ORDER BY given.key`,
    { runRow, scorer, positions: JSON.stringify(positions) },
  );
  const stepsOf = new Map<number, TalliedStep[]>();
  const steps = connection.rows<TallyColumns>(
    `SELECT prediction_row, step_index, vision_mass, text_mass, latent_vision_mass, latent_text_mass, vision_focus,
       selected_slots
     FROM json_each(:predictionRows) AS given CROSS JOIN latent_steps ON latent_steps.prediction_row = given.value
     CROSS JOIN latent_step_patches USING (prediction_row, step_index) ORDER BY given.key, step_index`,
    { predictionRows: JSON.stringify(answered.map(([predictionRow]) => predictionRow)) },
  );
  for (const [predictionRow, stepIndex, visionMass, textMass, latentVisionMass, latentTextMass, ...rest] of steps) {
    const [visionFocus, selectedSlots] = rest;
    const step = { stepIndex, visionMass, textMass, latentVisionMass, latentTextMass, visionFocus };
    const own = stepsOf.get(predictionRow) ?? [];
    if (own.length === 0) stepsOf.set(predictionRow, own);
    own.push({ ...step, selectedSlots: unpackNumbers(selectedSlots) });
  }
  return answered.flatMap(([predictionRow, outcome, gridRows, gridColumns]) => {
    const own = stepsOf.get(predictionRow);
    const grid = gridRows === null || gridColumns === null ? null : { gridRows, gridColumns };
    return own === undefined ? [] : [{ outcome: outcomes[outcome] ?? 'failed', grid, steps: own }];
  });
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

/** One list for all that were not read: an export makes steps by the hundred thousand. */
const notRead: number[] = [];
const listOf = (blob: Uint8Array | undefined): number[] => (blob === undefined ? notRead : unpackNumbers(blob));
