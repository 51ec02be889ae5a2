/** Order and search of the list of runs. */
import { describeMethod } from '../../../../shared/run-settings.ts';
import type { RunSummary } from '../../../../shared/run.ts';
import { runTitle } from '../run/run-title.ts';

export const runColumns = [
  'label',
  'model',
  'dataset',
  'method',
  'status',
  'accuracy',
  'ar-steps',
  'time',
  'created',
] as const;
export type RunColumn = (typeof runColumns)[number];

export type RunOrder = Readonly<{ by: RunColumn; descending: boolean }>;

type Value = string | number | null;

const values: Readonly<Record<RunColumn, (run: RunSummary) => readonly Value[]>> = {
  label: (run) => [runTitle(run).toLowerCase()],
  model: (run) => [run.modelName],
  dataset: (run) => [run.datasetName],
  method: ({ settings }) =>
    settings === null ? [null] : [describeMethod(settings.method).title, settings.latentSteps, settings.patchesPerStep],
  status: (run) => [run.status],
  accuracy: (run) => [run.accuracy],
  'ar-steps': (run) => [run.arStepsMean],
  time: (run) => [run.secondsPerQuestionMean],
  created: (run) => [run.createdAt],
};

/** Runs whose name, model, dataset or id hold every word, in order; what is unknown comes last either way. */
export function shownRuns(runs: readonly RunSummary[], search: string, { by, descending }: RunOrder): RunSummary[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const text = (run: RunSummary): string =>
    [
      runTitle(run),
      run.modelName,
      run.datasetName,
      run.runId,
      ...(run.settings === null ? [] : [run.settings.method, describeMethod(run.settings.method).title]),
    ]
      .join(' ')
      .toLowerCase();
  const found = runs.filter((run) => words.every((word) => text(run).includes(word)));
  return found.toSorted(
    (a, b) => compare(values[by](a), values[by](b), descending) || (a.createdAt < b.createdAt ? 1 : -1),
  );
}

function compare(a: readonly Value[], b: readonly Value[], descending: boolean): number {
  for (const [index, left] of a.entries()) {
    const right = b[index] ?? null;
    if (left === right) continue;
    if (left === null) return 1;
    if (right === null) return -1;
    return (left < right ? -1 : 1) * (descending ? -1 : 1);
  }
  return 0;
}
