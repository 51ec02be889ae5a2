/**
 * Rows of patches.csv: one for each question, latent step (of ICoT: insertion) and selected patch, in pixels of the
 * original image.
 */
import { slotBox } from '../../shared/trace.ts';
import type { Cell } from './csv.ts';
import type { ExportQuestion } from './export-question.ts';

/** `step`, `slot`, `grid_row` and `grid_column` count from 0; `rank` from 1 (the most attended of the pool). */
export const patchHeader = [
  'sample_id',
  'step',
  'rank',
  'slot',
  'grid_row',
  'grid_column',
  'x',
  'y',
  'width',
  'height',
  'score',
] as const;

/** The patches in the order in which they were appended; none for a question without a trace. */
export function patchRows({ sample, prediction }: ExportQuestion): Cell[][] {
  const trace = prediction.status === 'answered' ? prediction.answer.trace : null;
  const image = trace?.image ?? null;
  if (trace === null || image === null) return [];
  return trace.steps.flatMap((step) =>
    step.selectedSlots.map((slot, index) => {
      const { x, y, width, height } = slotBox(image, slot);
      const row = Math.floor(slot / image.gridColumns);
      const rank = step.ranks[index] ?? null;
      const score = step.scores[index] ?? null;
      return [sample.sampleId, step.stepIndex, rank, slot, row, slot % image.gridColumns, x, y, width, height, score];
    }),
  );
}
