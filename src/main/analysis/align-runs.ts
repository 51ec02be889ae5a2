/**
 * The questions that several runs share, in columns: one number for each question and run, so that fifty runs over
 * a hundred thousand questions fit in memory. A question that failed in a run counts as not held there, as in the
 * paired comparison; excluded questions and ids that stand for different questions are left out of every run.
 */
import type { Outcome } from './outcomes.ts';

export type AlignedQuestion = Readonly<{
  sampleId: string;
  domain: string;
  outcome: Outcome;
  arSteps: number | null;
  totalMs: number | null;
  /** Left out of every count by its tag. */
  excluded: boolean;
}>;

/** One run over the questions that all runs answered; the lists have an entry for each of them. */
export type AlignedRun = Readonly<{
  runId: string;
  outcomes: readonly Outcome[];
  arSteps: readonly (number | null)[];
  totalMs: readonly (number | null)[];
  /** Questions of this run that failed, excluded ones apart. */
  failed: number;
}>;

export type AlignedRuns = Readonly<{
  runs: readonly AlignedRun[];
  /** Of each common question, by the run that was added first. */
  domains: readonly string[];
  /** Not answered by every run, or different in text (these are counted on their own, too). */
  leftOut: number;
  differentQuestions: number;
  excluded: number;
}>;

export type RunAlignment = Readonly<{
  /** Starts the next run; the questions that follow are its own. */
  startRun: (runId: string) => void;
  add: (question: AlignedQuestion) => void;
  /** @param differentQuestions ids that stand for another question in some run */
  finish: (differentQuestions?: ReadonlySet<string>) => AlignedRuns;
}>;

type Columns = {
  runId: string;
  outcomes: (Outcome | undefined)[];
  arSteps: (number | null | undefined)[];
  totalMs: (number | null | undefined)[];
  failed: number[];
};

/** Starts without runs. Sample ids are unique inside each run. */
export function createRunAlignment(): RunAlignment {
  const rowOf = new Map<string, number>();
  const domains: string[] = [];
  const excluded = new Set<number>();
  const columns: Columns[] = [];
  return {
    startRun: (runId) => void columns.push({ runId, outcomes: [], arSteps: [], totalMs: [], failed: [] }),
    add: ({ sampleId, domain, outcome, arSteps, totalMs, excluded: isExcluded }) => {
      let row = rowOf.get(sampleId);
      if (row === undefined) {
        row = rowOf.size;
        rowOf.set(sampleId, row);
        domains.push(domain);
      }
      if (isExcluded) excluded.add(row);
      const run = columns.at(-1);
      if (run === undefined) throw new Error('no run was started');
      if (outcome === 'failed') {
        run.failed.push(row);
        return;
      }
      run.outcomes[row] = outcome;
      run.arSteps[row] = arSteps;
      run.totalMs[row] = totalMs;
    },
    finish: (differentQuestions = new Set()) => {
      const different = new Set([...differentQuestions].map((sampleId) => rowOf.get(sampleId)));
      const common: number[] = [];
      let differentCount = 0;
      for (const row of rowOf.values()) {
        if (excluded.has(row) || !columns.every(({ outcomes }) => outcomes[row] !== undefined)) continue;
        if (different.has(row)) differentCount += 1;
        else common.push(row);
      }
      return {
        runs: columns.map(({ runId, outcomes, arSteps, totalMs, failed }) => ({
          runId,
          outcomes: common.map((row) => outcomes[row] ?? 'failed'),
          arSteps: common.map((row) => arSteps[row] ?? null),
          totalMs: common.map((row) => totalMs[row] ?? null),
          failed: failed.filter((row) => !excluded.has(row)).length,
        })),
        domains: common.map((row) => domains[row] ?? ''),
        leftOut: rowOf.size - excluded.size - common.length,
        differentQuestions: differentCount,
        excluded: excluded.size,
      };
    },
  };
}
