/**
 * What the latent steps of a run attend to and select, as means over questions: the four attention masses and the
 * focus by step (the paper's two attention analyses), how much of the selection lies on the image's border, how
 * far steps overlap, and where on the grid selections fall. Pure functions over traces.
 */
import type { ImageGeometry, LatentStep, Trace } from '../../shared/trace.ts';
import type { Outcome } from './outcomes.ts';
import { mean } from './summary.ts';

export type TracedOutcome = Readonly<{ trace: Trace; outcome: Outcome }>;

export type StepAttention = Readonly<{
  stepIndex: number;
  /** Questions that reached this step. */
  questionCount: number;
  visionMass: number;
  textMass: number;
  latentVisionMass: number;
  latentTextMass: number;
  visionFocus: number;
  /** Share of the selected slots in the outermost ring of the grid; null where nothing was selected. */
  borderShare: number | null;
  /** Share of this step's selection that the step before also selected (0 unless reuse is allowed); null at step 0. */
  overlapWithPrevious: number | null;
}>;

export type AttentionByOutcome = Readonly<Record<'all' | 'right' | 'wrong', readonly StepAttention[]>>;

/** Means by step over all questions, the right ones and the wrong ones (unparsed answers among them). */
export function attentionByOutcome(rows: readonly TracedOutcome[]): AttentionByOutcome {
  const tracesOf = (chosen: readonly TracedOutcome[]) => attentionBySteps(chosen.map(({ trace }) => trace));
  return {
    all: tracesOf(rows),
    right: tracesOf(rows.filter(({ outcome }) => outcome === 'right')),
    wrong: tracesOf(rows.filter(({ outcome }) => outcome === 'wrong' || outcome === 'unparsed')),
  };
}

/** Means by step; a question that stopped early counts in the steps that it took. */
export function attentionBySteps(traces: readonly Trace[]): StepAttention[] {
  const stepCount = traces.reduce((most, { steps }) => Math.max(most, steps.length), 0);
  return Array.from({ length: stepCount }, (_, stepIndex) => {
    const reached = traces.filter(({ steps }) => steps.length > stepIndex);
    const average = (value: (step: LatentStep, trace: Trace) => number | null) =>
      mean(
        reached.flatMap((trace) => {
          const step = trace.steps[stepIndex];
          const found = step === undefined ? null : value(step, trace);
          return found === null ? [] : [found];
        }),
      );
    return {
      stepIndex,
      questionCount: reached.length,
      visionMass: average(({ visionMass }) => visionMass) ?? 0,
      textMass: average(({ textMass }) => textMass) ?? 0,
      latentVisionMass: average(({ latentVisionMass }) => latentVisionMass) ?? 0,
      latentTextMass: average(({ latentTextMass }) => latentTextMass) ?? 0,
      visionFocus: average(({ visionFocus }) => visionFocus) ?? 0,
      borderShare: average((step, { image }) => (image === null ? null : borderShare(image, step.selectedSlots))),
      overlapWithPrevious: average((step, { steps }) => {
        const previous = steps[stepIndex - 1];
        return previous === undefined ? null : selectionOverlap(step.selectedSlots, previous.selectedSlots);
      }),
    };
  });
}

/** Share of `slots` in the outermost ring of the merged grid; null for no slots. */
export function borderShare(
  { gridRows, gridColumns }: Pick<ImageGeometry, 'gridRows' | 'gridColumns'>,
  slots: readonly number[],
): number | null {
  const onBorder = slots.filter((slot) => {
    const row = Math.floor(slot / gridColumns);
    const column = slot % gridColumns;
    return row === 0 || column === 0 || row === gridRows - 1 || column === gridColumns - 1;
  });
  return slots.length === 0 ? null : onBorder.length / slots.length;
}

/** Share of `slots` that is also in `others`; null for no slots. */
export function selectionOverlap(slots: readonly number[], others: readonly number[]): number | null {
  const known = new Set(others);
  return slots.length === 0 ? null : slots.filter((slot) => known.has(slot)).length / slots.length;
}

export type SelectionMap = Readonly<{
  gridRows: number;
  gridColumns: number;
  /** Questions with an image on this grid that reached the step. */
  questionCount: number;
  /** Selections of each slot, row-major. */
  counts: readonly number[];
}>;

/** Where the selections of one step fall: one map for each grid that occurs, the most frequent grid first. */
export function selectionMaps(traces: readonly Trace[], stepIndex: number): SelectionMap[] {
  const maps = new Map<string, { gridRows: number; gridColumns: number; questionCount: number; counts: number[] }>();
  for (const { image, steps } of traces) {
    const step = steps[stepIndex];
    if (image === null || step === undefined) continue;
    const { gridRows, gridColumns } = image;
    const key = `${gridRows}x${gridColumns}`;
    const counts = Array.from({ length: gridRows * gridColumns }, () => 0);
    const map = maps.get(key) ?? { gridRows, gridColumns, questionCount: 0, counts };
    maps.set(key, map);
    map.questionCount++;
    for (const slot of step.selectedSlots) map.counts[slot] = (map.counts[slot] ?? 0) + 1;
  }
  return [...maps.values()].sort((a, b) => b.questionCount - a.questionCount);
}
