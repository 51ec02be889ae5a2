/**
 * Any number of stored runs side by side, over the questions that all of them answered: the main table, and
 * accuracy against N and K. Which questions are the same is decided as in the comparison of two runs.
 */
import type { MethodTable, SweepPoint } from '../../shared/comparison.ts';
import { fail } from '../../shared/failure.ts';
import { guessPublished } from '../../shared/published-choice.ts';
import { runConditions, timingConditions } from '../../shared/run-conditions.ts';
import type { ScorerName } from '../../shared/prediction.ts';
import { createRunAlignment, type AlignedRuns } from '../analysis/align-runs.ts';
import { categoryDifferences } from '../analysis/category-differences.ts';
import type { Categorised } from '../analysis/category-tree.ts';
import { accuracyByDomain, methodFigures } from '../analysis/method-table.ts';
import { wilsonInterval } from '../../shared/wilson-interval.ts';
import type { RunRecord } from '../store/runs-repository.ts';
import type { Store } from '../store/store.ts';
import { commonKeys } from './common-keys.ts';
import { enginesOf, requireRun } from './run-state.ts';

export type MethodTableInput = Readonly<{
  runIds: readonly string[];
  baselineRunId?: string | undefined;
  scorer?: ScorerName | undefined;
  /** How many differences by category are told; by default none. */
  differences?: number | undefined;
}>;

/** Each run once, the baseline (the first unless another is named), and the scorer: the baseline's own where none is named. */
export type ComparedRuns = Readonly<{ runs: readonly RunRecord[]; baseline: RunRecord; scorer: ScorerName }>;

/** Fails: `not-found`, `wrong-usage` (the baseline is not among the runs). */
export function comparedRuns(store: Store, input: MethodTableInput): ComparedRuns {
  const runs = [...new Set(input.runIds)].map((runId) => requireRun(store, runId));
  const baselineRunId = input.baselineRunId ?? runs[0]?.runId ?? '';
  const baseline = runs.find(({ runId }) => runId === baselineRunId);
  if (baseline === undefined) {
    return fail('wrong-usage', 'The baseline is not among the compared runs.', { found: baselineRunId });
  }
  return { runs, baseline, scorer: input.scorer ?? baseline.scorer };
}

/** The main table. The runs have been scored. Fails as `comparedRuns`. */
export async function methodTableOf(store: Store, input: MethodTableInput): Promise<MethodTable> {
  const { runs, baseline, scorer } = comparedRuns(store, input);
  const baselineRunId = baseline.runId;
  const aligned = await alignRuns(store, [baseline, ...runs.filter((run) => run !== baseline)], scorer);
  const categories = store.comparedQuestions.categories();
  const categoryOf = (stratum: number): Categorised => categories.get(stratum) ?? unnamed;
  const figures = new Map(methodFigures(aligned, baselineRunId).map((row) => [row.runId, row]));
  return {
    scorer,
    baselineRunId,
    rows: runs.flatMap((run) => {
      const row = figures.get(run.runId);
      return row === undefined ? [] : [{ ...row, ...identityOf(store, run, runs), timing: timingOf(store, run) }];
    }),
    commonQuestions: aligned.domains.length,
    leftOut: aligned.leftOut,
    differentQuestions: aligned.differentQuestions,
    excluded: aligned.excluded,
    differences: categoryDifferences(aligned, baselineRunId, categoryOf).slice(0, input.differences ?? 0),
    published: guessPublished(runs.map((run) => namesOf(store, run))),
  };
}

/** Accuracy in all and by domain of the runs that have latent steps to vary, over the questions that these runs share. All have been scored. */
export async function sweepOf(store: Store, input: Omit<MethodTableInput, 'baselineRunId'>): Promise<SweepPoint[]> {
  const compared = comparedRuns(store, input);
  const runs = compared.runs.filter(({ settings }) => settings?.method === 'ivt-lr');
  if (runs.length === 0) return [];
  const aligned = await alignRuns(store, runs, compared.scorer);
  return runs.flatMap((run) => {
    const own = aligned.runs.find(({ runId }) => runId === run.runId);
    if (run.settings === null || own === undefined) return [];
    const { latentSteps, patchesPerStep, intervention } = run.settings;
    const { modelName, conditions } = identityOf(store, run, runs);
    const correct = own.outcomes.filter((outcome) => outcome === 'right').length;
    const total = own.outcomes.length;
    const all = { domain: '', total, correct, accuracy: wilsonInterval(correct, total) };
    return [all, ...accuracyByDomain(own, aligned.domains)].map((accuracy) => ({
      runId: run.runId,
      latentSteps,
      patchesPerStep,
      intervention,
      modelName,
      conditions,
      ...accuracy,
    }));
  });
}

/** Lets other work in between runs. */
async function alignRuns(store: Store, runs: readonly RunRecord[], scorer: ScorerName): Promise<AlignedRuns> {
  const { comparedQuestions } = store;
  const categories = comparedQuestions.categories();
  const keys = commonKeys(store, runs);
  const excluded = new Set<number>();
  for (const sampleRow of comparedQuestions.excluded()) {
    const key = keys.keyOf(sampleRow);
    if (key !== undefined) excluded.add(key);
  }
  const alignment = createRunAlignment({
    domainOf: (stratum) => categories.get(stratum)?.domain ?? '',
    excluded,
    differentQuestions: keys.differentQuestions,
  });
  for (const run of runs) {
    alignment.add(run.runId, keys.of(comparedQuestions.answers(run.runRow, scorer)));
    await new Promise((resolve) => setImmediate(resolve));
  }
  return alignment.finish();
}

const unnamed: Categorised = { domain: '', topic: '', category: '' };

function namesOf(store: Store, { datasetRow, modelRow, environment }: RunRecord) {
  const dataset = datasetRow === null ? undefined : store.datasets.getDataset(datasetRow);
  const { datasetName } = environment;
  return {
    modelName: modelRow === null ? null : (store.datasets.getModel(modelRow)?.name ?? null),
    datasetName: typeof datasetName === 'string' ? datasetName : null,
    datasetPath: dataset?.path ?? null,
  };
}

function timingOf(store: Store, run: RunRecord) {
  const model = run.modelRow === null ? undefined : store.datasets.getModel(run.modelRow);
  return timingConditions({ ...run, ...enginesOf(run) }, model?.precision ?? null);
}

function identityOf(store: Store, { label, settings, modelRow, device }: RunRecord, runs: readonly RunRecord[]) {
  const modelAt = (row: number | null) => (row === null ? undefined : store.datasets.getModel(row));
  const model = modelAt(modelRow);
  // The name tells models apart, precision included, unless another one has the same.
  const hasNamesake = runs.some(
    (other) => other.modelRow !== modelRow && modelAt(other.modelRow)?.name === model?.name,
  );
  const usesSteps = settings?.method === 'ivt-lr';
  return {
    label,
    method: settings?.method ?? null,
    modelName: model?.name ?? null,
    latentSteps: usesSteps ? settings.latentSteps : null,
    patchesPerStep: usesSteps ? settings.patchesPerStep : null,
    intervention: settings?.intervention ?? null,
    conditions: {
      ...runConditions(settings, device),
      ...(model !== undefined && hasNamesake ? { 'Model fingerprint': model.fingerprint.slice(0, 8) } : {}),
    },
  };
}
