/** Which of the paper's experiments is likely nearest to a run: a guess from names, which the user can change. */
import type { PublishedBackbone, PublishedDataset } from '../../../../shared/published-results.ts';
import type { RunSummary } from '../../../../shared/run.ts';

export function guessBackbone(runs: readonly RunSummary[]): PublishedBackbone {
  return runs.some(({ modelName }) => /chameleon/i.test(modelName ?? '')) ? 'Chameleon-7B' : 'Qwen2-VL-7B';
}

/** Null where the runs are of neither: the paper's figures say nothing about other questions. */
export function guessDataset(runs: readonly RunSummary[]): PublishedDataset | null {
  const isOf = (name: RegExp): boolean =>
    runs.some(({ datasetName, datasetPath }) => name.test(`${datasetName ?? ''} ${datasetPath ?? ''}`));
  if (isOf(/science[-_ ]?qa/i)) return 'ScienceQA';
  return isOf(/m3[-_ ]?cot/i) ? 'M3CoT' : null;
}
