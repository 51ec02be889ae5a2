/**
 * What is drawn over the picture for a latent step: every slot of the image grid at its place in the original
 * image, with its role at that step. Pure, so that tests can hold it against the trace.
 */
import type { ImageGeometry, LatentStep, PixelBox, Trace } from '../../../../shared/trace.ts';
import { slotBox } from '../../../../shared/trace.ts';

export type PatchMark = Readonly<{
  slot: number;
  box: PixelBox;
  /** Selected at the step; still in the pool; or taken by an earlier step. */
  role: 'selected' | 'pool' | 'used';
  stepIndex: number;
  /** Attention of the slot at this step. */
  score: number;
  /** 1-based rank among the pool; null unless selected. */
  rank: number | null;
  /** Score relative to the strongest of the same step, between 0 and 1. */
  strength: number;
}>;

/** Every slot of the grid as one step sees it. */
export function marksOfStep(geometry: ImageGeometry, step: LatentStep): PatchMark[] {
  const slotCount = geometry.gridRows * geometry.gridColumns;
  const orders = new Map(step.selectedSlots.map((slot, order) => [slot, order]));
  const pool = new Set(step.pool);
  const strongest = step.scores.reduce((most, score) => Math.max(most, score), Number.MIN_VALUE);
  return Array.from({ length: slotCount }, (_, slot) => {
    const order = orders.get(slot);
    const score = (order === undefined ? step.imageAttention[slot] : step.scores[order]) ?? 0;
    return {
      slot,
      box: slotBox(geometry, slot),
      role: order !== undefined ? 'selected' : pool.has(slot) ? 'pool' : 'used',
      stepIndex: step.stepIndex,
      score,
      rank: order === undefined ? null : (step.ranks[order] ?? null),
      strength: Math.min(1, score / strongest),
    };
  });
}

/** The selections of all steps over one another; what no step took is the pool that was left. */
export function marksOfAllSteps(geometry: ImageGeometry, steps: readonly LatentStep[]): PatchMark[] {
  const selected = steps.flatMap((step) => marksOfStep(geometry, step).filter(({ role }) => role === 'selected'));
  const taken = new Set(selected.map(({ slot }) => slot));
  const last = steps.at(-1);
  const left = last === undefined ? [] : marksOfStep(geometry, last).filter(({ slot }) => !taken.has(slot));
  return [...left.map((mark) => ({ ...mark, role: 'pool' as const })), ...selected];
}

/** A step that the trace does not have, later than its last: what was taken by then, and the pool that was left. */
export function marksAfterLast(geometry: ImageGeometry, steps: readonly LatentStep[]): PatchMark[] {
  return marksOfAllSteps(geometry, steps).map((mark) => (mark.role === 'selected' ? { ...mark, role: 'used' } : mark));
}

export type AttentionRange = Readonly<{ least: number; most: number; mostSlot: number; total: number }>;

/** Ends and sum of the attention over the J slots. */
export function rangeOf(attention: readonly number[]): AttentionRange {
  const most = attention.reduce((top, score) => Math.max(top, score), 0);
  return {
    least: attention.reduce((low, score) => Math.min(low, score), most),
    most,
    mostSlot: attention.indexOf(most),
    total: attention.reduce((sum, score) => sum + score, 0),
  };
}

/** The step whose attention a view shows: the chosen one, null where the trace has none of that number; or the last. */
export function stepOfHeat(trace: Trace | null, stepIndex: number | null): LatentStep | null {
  return trace?.steps.at(stepIndex ?? -1) ?? null;
}

/**
 * Attention over the whole image at a step, relative to the scale's top.
 *
 * @param attention over the J slots: the step's layer mean, or one layer's
 * @param scaleTop share of attention that is drawn strongest; null: the strongest slot's
 */
export function heatOfStep(
  geometry: ImageGeometry,
  step: LatentStep,
  attention: readonly number[] = step.imageAttention,
  scaleTop: number | null = null,
): PatchMark[] {
  const strongest = Math.max(scaleTop ?? rangeOf(attention).most, Number.MIN_VALUE);
  return marksOfStep(geometry, step).map((mark) => {
    const score = attention[mark.slot] ?? 0;
    return { ...mark, score, strength: Math.min(1, score / strongest) };
  });
}

const paintOrder: Readonly<Record<PatchMark['role'], number>> = { used: 0, pool: 1, selected: 2 };

/** The marks that a view shows, what matters most last so that it is painted on top; none where there is no trace. */
export function marksOfView(
  trace: Trace | null,
  stepIndex: number | null,
  view: 'selected' | 'attention',
  attention: readonly number[] | null = null,
  scaleTop: number | null = null,
): PatchMark[] {
  if (trace === null || trace.image === null) return [];
  const { image, steps } = trace;
  if (view === 'attention') {
    const shown = stepOfHeat(trace, stepIndex);
    return shown === null ? [] : heatOfStep(image, shown, attention ?? shown.imageAttention, scaleTop);
  }
  const step = stepIndex === null ? undefined : steps[stepIndex];
  const marks =
    stepIndex === null
      ? marksOfAllSteps(image, steps)
      : step === undefined
        ? marksAfterLast(image, steps)
        : marksOfStep(image, step);
  return marks.sort((a, b) => paintOrder[a.role] - paintOrder[b.role]);
}
