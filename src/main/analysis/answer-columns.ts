/**
 * What comparisons look at of a run's questions, in columns: runs of a hundred thousand questions side by side are
 * then lists of numbers, without an object or a text for each question.
 */
import type { Outcome } from './outcomes.ts';

/** Entry n of each list is of the run's nth question. */
export type AnswerColumns = Readonly<{
  /** The same in every run that has the question; unique inside each run. */
  keys: readonly number[];
  outcomes: readonly Outcome[];
  /** Numbers of the categories. */
  strata: readonly number[];
  arSteps: readonly (number | null)[];
  totalMs: readonly (number | null)[];
}>;
