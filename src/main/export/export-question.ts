/** One question of a run as exports see it. */
import type { Prediction, Reading } from '../../shared/prediction.ts';
import type { Sample } from '../../shared/sample.ts';

export type ExportQuestion = Readonly<{
  position: number;
  sample: Sample;
  prediction: Prediction;
  outcome: 'right' | 'wrong' | 'unparsed' | 'failed';
  /** Of the question; `bad gold` leaves it out of every count. */
  tags: readonly string[];
  /** On this run's answer; null where there is none. */
  note: string | null;
  /** What every scorer reads in the output; empty for a failed question. */
  readings: readonly Reading[];
}>;
