/** Rows of regions.csv: one for each part of a picture that the model asked to see larger, in pixels of the original. */
import type { Cell } from './csv.ts';
import type { ExportQuestion } from './export-question.ts';

const boxColumns = (name: string): string[] => ['x', 'y', 'width', 'height'].map((side) => `${name}_${side}`);

/** `region`, `call` and `image` count from 0; `asked` is the box as the model named it, `shown` what it saw. */
export const regionHeader = [
  'sample_id',
  'region',
  'call',
  'image',
  ...boxColumns('asked'),
  ...boxColumns('shown'),
  'outcome',
] as const;

/** In the order in which they were asked for; none for a question without a trace. */
export function regionRows({ sample, prediction, outcome }: ExportQuestion): Cell[][] {
  const regions = prediction.status === 'answered' ? (prediction.answer.trace?.regions ?? []) : [];
  return regions.map(({ callIndex, imageIndex, asked, shown }, index) => [
    sample.sampleId,
    index,
    callIndex,
    imageIndex,
    ...[asked, shown].flatMap(({ x, y, width, height }) => [x, y, width, height]),
    outcome,
  ]);
}
