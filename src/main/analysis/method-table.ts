/**
 * The paper's main table from one's own runs: accuracy with its Wilson interval, autoregressive steps and seconds a
 * question, and each run against a baseline (exact McNemar, Holm's correction over the rows, bootstrap interval of
 * the difference), all over the questions that every run answered.
 */
import type { MethodRow } from '../../shared/comparison.ts';
import type { AlignedRun, AlignedRuns } from './align-runs.ts';
import { bootstrapDifference } from './bootstrap.ts';
import { holmCorrection } from './holm.ts';
import { mcnemarExact } from './mcnemar.ts';
import { wilsonInterval } from '../../shared/wilson-interval.ts';
import { mean, summarise } from './summary.ts';

/** The columns that come out of answers; who the runs are is for others to add. */
export type MethodFigures = Omit<
  MethodRow,
  'label' | 'method' | 'modelName' | 'latentSteps' | 'patchesPerStep' | 'intervention' | 'conditions' | 'timing'
>;

/** A row for each run, in order. Fails (a bug) where the baseline is not among them. */
export function methodFigures({ runs, domains }: AlignedRuns, baselineRunId: string): MethodFigures[] {
  const baseline = runs.find(({ runId }) => runId === baselineRunId);
  if (baseline === undefined) throw new Error('the baseline is not among the runs');
  const others = runs.filter((run) => run !== baseline).map((run) => ({ runId: run.runId, ...paired(baseline, run) }));
  const corrected = holmCorrection(others.map(({ pValue }) => pValue));
  const secondsOfBaseline = secondsOf(baseline).mean;
  return runs.map((run) => {
    const { runId, outcomes, arSteps, failed } = run;
    const correct = outcomes.filter((outcome) => outcome === 'right').length;
    const seconds = secondsOf(run);
    const index = others.findIndex((other) => other.runId === runId);
    const against = others[index];
    return {
      runId,
      questionCount: outcomes.length,
      correct,
      accuracy: wilsonInterval(correct, outcomes.length),
      unparsed: outcomes.filter((outcome) => outcome === 'unparsed').length,
      failed,
      arStepsMean: mean(known(arSteps)),
      secondsMean: seconds.mean,
      secondsMedian: seconds.median,
      secondsP90: seconds.p90,
      speedUp: quotient(secondsOfBaseline, seconds.mean),
      againstBaseline:
        against === undefined
          ? null
          : {
              difference: against.difference,
              rightToWrong: against.rightToWrong,
              wrongToRight: against.wrongToRight,
              pValue: against.pValue,
              pValueHolm: corrected[index] ?? against.pValue,
            },
      byDomain: accuracyByDomain(run, domains),
    };
  });
}

/** Accuracy of each domain, by name; questions without a domain are in none. */
export function accuracyByDomain({ outcomes }: AlignedRun, domains: readonly string[]): MethodFigures['byDomain'] {
  const tallies = new Map<string, { total: number; correct: number }>();
  for (const [row, domain] of domains.entries()) {
    if (domain === '') continue;
    const tally = tallies.get(domain) ?? { total: 0, correct: 0 };
    tallies.set(domain, tally);
    tally.total += 1;
    if (outcomes[row] === 'right') tally.correct += 1;
  }
  return [...tallies]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([domain, { total, correct }]) => ({ domain, total, correct, accuracy: wilsonInterval(correct, total) }));
}

function paired(baseline: AlignedRun, run: AlignedRun) {
  let rightToWrong = 0;
  let wrongToRight = 0;
  for (const [row, outcome] of run.outcomes.entries()) {
    const before = baseline.outcomes[row] === 'right';
    const after = outcome === 'right';
    if (before && !after) rightToWrong += 1;
    if (!before && after) wrongToRight += 1;
  }
  const counts = { questionCount: run.outcomes.length, rightToWrong, wrongToRight };
  return {
    rightToWrong,
    wrongToRight,
    pValue: mcnemarExact(rightToWrong, wrongToRight),
    difference: bootstrapDifference(counts),
  };
}

const known = (values: readonly (number | null)[]): number[] => values.filter((value) => value !== null);

const secondsOf = ({ totalMs }: AlignedRun) => summarise(known(totalMs).map((ms) => ms / 1000));

const quotient = (numerator: number | null, denominator: number | null): number | null =>
  numerator === null || denominator === null || denominator === 0 ? null : numerator / denominator;
