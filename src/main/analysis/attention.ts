/**
 * What the latent steps of a run attend to and select: the four attention masses and the focus by step (the
 * paper's two attention analyses), their distributions, how much of the selection lies on the image's border, how
 * far steps overlap, and where on the grid selections fall. A tally takes one question after the other and keeps
 * sums only, so that a run of any length needs no more memory than its steps.
 */
import type { RunSelectionMap, RunStepAttention } from '../../shared/run-attention.ts';
import type { AttentionMasses, ImageGeometry } from '../../shared/trace.ts';
import type { Outcome } from './outcomes.ts';

/** Counts up whenever this analysis gives other numbers for the same answers; results that are kept of an older one are computed anew. */
export const attentionVersion = 2;

/** The merged grid that slots index row-major. */
export type Grid = Pick<ImageGeometry, 'gridRows' | 'gridColumns'>;

export type TalliedStep = AttentionMasses &
  Readonly<{ stepIndex: number; visionFocus: number; selectedSlots: readonly number[] }>;

export type AttentionTally = Readonly<{
  /** Adds a question with its steps in order; `grid` is null without an image. */
  add: (outcome: Outcome, grid: Grid | null, steps: readonly TalliedStep[]) => void;
  result: () => AttentionResult;
}>;

export type AttentionResult = Readonly<{
  questionCount: number;
  all: RunStepAttention[];
  right: RunStepAttention[];
  /** Wrong and unparsed answers. */
  wrong: RunStepAttention[];
  /** By step, then the most frequent grid first. */
  selectionMaps: RunSelectionMap[];
}>;

/** Equal bins over [0, 1] of a distribution. */
export const binCount = 20;

/** Starts an empty tally. A question that stopped early counts in the steps that it took. */
export function createAttentionTally(): AttentionTally {
  const sums = {
    all: new Map<number, StepSums>(),
    right: new Map<number, StepSums>(),
    wrong: new Map<number, StepSums>(),
  };
  const maps = new Map<string, RunSelectionMap>();
  let questionCount = 0;
  return {
    add: (outcome, grid, steps) => {
      questionCount += 1;
      for (const [index, step] of steps.entries()) {
        const measured = measure(step, steps[index - 1] ?? null, grid);
        addTo(sums.all, measured);
        if (outcome === 'right') addTo(sums.right, measured);
        else if (outcome !== 'failed') addTo(sums.wrong, measured);
        if (grid !== null) addToMap(maps, grid, step);
      }
    },
    result: () => ({
      questionCount,
      all: meansOf(sums.all),
      right: meansOf(sums.right),
      wrong: meansOf(sums.wrong),
      selectionMaps: [...maps.values()].sort((a, b) => a.stepIndex - b.stepIndex || b.questionCount - a.questionCount),
    }),
  };
}

/** Share of `slots` in the outermost ring of the merged grid; null for no slots. */
export function borderShare(grid: Grid, slots: readonly number[]): number | null {
  const onBorder = slots.filter((slot) => isBorder(grid, slot));
  return slots.length === 0 ? null : onBorder.length / slots.length;
}

/** Border share of a selection that is uniform over the whole grid. */
export function expectedBorderShare({ gridRows, gridColumns }: Grid): number {
  const inner = Math.max(0, gridRows - 2) * Math.max(0, gridColumns - 2);
  return 1 - inner / (gridRows * gridColumns);
}

/** Share of `slots` that is also in `others`; null for no slots. */
export function selectionOverlap(slots: readonly number[], others: readonly number[]): number | null {
  const known = new Set(others);
  return slots.length === 0 ? null : slots.filter((slot) => known.has(slot)).length / slots.length;
}

function isBorder({ gridRows, gridColumns }: Grid, slot: number): boolean {
  const row = Math.floor(slot / gridColumns);
  const column = slot % gridColumns;
  return row === 0 || column === 0 || row === gridRows - 1 || column === gridColumns - 1;
}

const measureNames = [
  'visionMass',
  'textMass',
  'latentVisionMass',
  'latentTextMass',
  'visionFocus',
  'borderShare',
  'borderShareExpected',
  'overlapWithPrevious',
] as const;
type MeasureName = (typeof measureNames)[number];
type Measured = Readonly<Record<MeasureName, number | null> & { stepIndex: number }>;

function measure(step: TalliedStep, previous: TalliedStep | null, grid: Grid | null): Measured {
  const { stepIndex, visionMass, textMass, latentVisionMass, latentTextMass, visionFocus, selectedSlots } = step;
  return {
    stepIndex,
    visionMass,
    textMass,
    latentVisionMass,
    latentTextMass,
    visionFocus,
    borderShare: grid === null ? null : borderShare(grid, selectedSlots),
    borderShareExpected: grid === null ? null : expectedBorderShare(grid),
    overlapWithPrevious: previous === null ? null : selectionOverlap(selectedSlots, previous.selectedSlots),
  };
}

type StepSums = {
  questionCount: number;
  total: Record<MeasureName, number>;
  count: Record<MeasureName, number>;
  visionMassBins: number[];
  visionFocusBins: number[];
};

const zeros = (length: number): number[] => Array.from({ length }, () => 0);
const noMeasures = (): Record<MeasureName, number> => ({
  visionMass: 0,
  textMass: 0,
  latentVisionMass: 0,
  latentTextMass: 0,
  visionFocus: 0,
  borderShare: 0,
  borderShareExpected: 0,
  overlapWithPrevious: 0,
});

function addTo(steps: Map<number, StepSums>, measured: Measured): void {
  let sums = steps.get(measured.stepIndex);
  if (sums === undefined) {
    sums = {
      questionCount: 0,
      total: noMeasures(),
      count: noMeasures(),
      visionMassBins: zeros(binCount),
      visionFocusBins: zeros(binCount),
    };
    steps.set(measured.stepIndex, sums);
  }
  sums.questionCount += 1;
  for (const name of measureNames) {
    const value = measured[name];
    if (value === null) continue;
    sums.total[name] += value;
    sums.count[name] += 1;
  }
  countInBin(sums.visionMassBins, measured.visionMass ?? 0);
  countInBin(sums.visionFocusBins, measured.visionFocus ?? 0);
}

/** Each bin holds its lower edge, the last one both; rounding just outside [0, 1] counts in the outermost bins. */
function countInBin(bins: number[], value: number): void {
  const bin = Math.min(binCount - 1, Math.max(0, Math.floor(value * binCount)));
  bins[bin] = (bins[bin] ?? 0) + 1;
}

function meansOf(steps: ReadonlyMap<number, StepSums>): RunStepAttention[] {
  return [...steps.entries()]
    .sort(([a], [b]) => a - b)
    .map(([stepIndex, { questionCount, total, count, visionMassBins, visionFocusBins }]) => {
      const mean = (name: MeasureName): number | null => (count[name] === 0 ? null : total[name] / count[name]);
      return {
        stepIndex,
        questionCount,
        visionMass: mean('visionMass') ?? 0,
        textMass: mean('textMass') ?? 0,
        latentVisionMass: mean('latentVisionMass') ?? 0,
        latentTextMass: mean('latentTextMass') ?? 0,
        visionFocus: mean('visionFocus') ?? 0,
        borderShare: mean('borderShare'),
        borderShareExpected: mean('borderShareExpected'),
        overlapWithPrevious: mean('overlapWithPrevious'),
        distributions: { visionMass: visionMassBins, visionFocus: visionFocusBins },
      };
    });
}

function addToMap(maps: Map<string, RunSelectionMap>, { gridRows, gridColumns }: Grid, step: TalliedStep): void {
  const key = `${String(step.stepIndex)} ${String(gridRows)}x${String(gridColumns)}`;
  let map = maps.get(key);
  if (map === undefined) {
    const counts = zeros(gridRows * gridColumns);
    map = { stepIndex: step.stepIndex, gridRows, gridColumns, questionCount: 0, counts };
    maps.set(key, map);
  }
  map.questionCount += 1;
  // A slot outside the grid (a damaged row) has no place on the map.
  for (const slot of step.selectedSlots) if (slot < map.counts.length) map.counts[slot] = (map.counts[slot] ?? 0) + 1;
}
