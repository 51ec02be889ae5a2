/**
 * The questions that several runs share, in columns: one number for each question and run, so that fifty runs over
 * a hundred thousand questions fit in memory. A question that failed in a run counts as not held there, as in the
 * paired comparison; excluded questions and keys that stand for different questions are left out of every run.
 */
import type { AnswerColumns } from './answer-columns.ts';
import type { Outcome } from './outcomes.ts';

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
  /** The same as numbers of their strata. */
  strata: readonly number[];
  /** Not answered by every run, or different in text (these are counted on their own, too). */
  leftOut: number;
  differentQuestions: number;
  excluded: number;
}>;

export type RunAlignment = Readonly<{
  add: (runId: string, answers: AnswerColumns) => void;
  finish: () => AlignedRuns;
}>;

export type AlignmentOptions = Readonly<{
  domainOf: (stratum: number) => string;
  /** Keys of questions that their tag leaves out. */
  excluded?: ReadonlySet<number>;
  /** Keys that stand for another question in some run. */
  differentQuestions?: ReadonlySet<number>;
}>;

/** `rows`: of each question that the run holds, in its order. */
type Column = Readonly<{ runId: string; answers: AnswerColumns; rows: Int32Array }>;

/** Starts without runs. */
export function createRunAlignment({ domainOf, excluded, differentQuestions }: AlignmentOptions): RunAlignment {
  const rowOf = new Map<number, number>();
  const keys: number[] = [];
  const strata: number[] = [];
  const columns: Column[] = [];
  return {
    add: (runId, answers) => {
      // Runs of the same questions have them at the same places.
      const rows = Int32Array.from(answers.keys, (key, index) =>
        keys[index] === key ? index : (rowOf.get(key) ?? -1),
      );
      for (const [index, key] of answers.keys.entries()) {
        if (rows[index] !== -1) continue;
        rows[index] = keys.length;
        rowOf.set(key, keys.length);
        keys.push(key);
        strata.push(answers.strata[index] ?? 0);
      }
      columns.push({ runId, answers, rows });
    },
    finish: () => {
      const isExcluded = maskOf(excluded, rowOf);
      const isDifferent = maskOf(differentQuestions, rowOf);
      const answeredBy = new Uint32Array(rowOf.size);
      for (const { answers, rows } of columns) {
        for (const [index, row] of rows.entries()) {
          if (answers.outcomes[index] !== 'failed') answeredBy[row] = (answeredBy[row] ?? 0) + 1;
        }
      }
      const common: number[] = [];
      let differentCount = 0;
      for (const [row, count] of answeredBy.entries()) {
        if (isExcluded[row] === 1 || count < columns.length) continue;
        if (isDifferent[row] === 1) differentCount += 1;
        else common.push(row);
      }
      const excludedCount = isExcluded.reduce((sum, value) => sum + value, 0);
      return {
        runs: columns.map((column) => alignedRun(column, common, isExcluded)),
        domains: common.map((row) => domainOf(strata[row] ?? 0)),
        strata: common.map((row) => strata[row] ?? 0),
        leftOut: rowOf.size - excludedCount - common.length,
        differentQuestions: differentCount,
        excluded: excludedCount,
      };
    },
  };
}

function alignedRun({ runId, answers, rows }: Column, common: readonly number[], isExcluded: Uint8Array): AlignedRun {
  const indexOf = new Int32Array(isExcluded.length).fill(-1);
  let failed = 0;
  for (const [index, row] of rows.entries()) {
    indexOf[row] = index;
    if (answers.outcomes[index] === 'failed' && isExcluded[row] === 0) failed += 1;
  }
  const inCommon = <Value>(values: readonly Value[], otherwise: Value): Value[] =>
    common.map((row) => values[indexOf[row] ?? -1] ?? otherwise);
  return {
    runId,
    outcomes: inCommon<Outcome>(answers.outcomes, 'failed'),
    arSteps: inCommon<number | null>(answers.arSteps, null),
    totalMs: inCommon<number | null>(answers.totalMs, null),
    failed,
  };
}

function maskOf(keys: ReadonlySet<number> | undefined, rowOf: ReadonlyMap<number, number>): Uint8Array {
  const mask = new Uint8Array(rowOf.size);
  for (const key of keys ?? []) {
    const row = rowOf.get(key);
    if (row !== undefined) mask[row] = 1;
  }
  return mask;
}
