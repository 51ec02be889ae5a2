/** Which of the paper's experiments is likely nearest to a run: a guess from names, which the user can change. */
import type { PublishedBackbone, PublishedDataset } from '../../../../shared/published-results.ts';
import type { RunSummary } from '../../../../shared/run.ts';

export function guessBackbone(runs: readonly RunSummary[]): PublishedBackbone {
  return runs.some(({ modelName }) => /chameleon/i.test(modelName ?? '')) ? 'Chameleon-7B' : 'Qwen2-VL-7B';
}

export function guessDataset(runs: readonly RunSummary[]): PublishedDataset {
  return runs.some(({ datasetPath }) => /science-?_?qa/i.test(datasetPath ?? '')) ? 'ScienceQA' : 'M3CoT';
}
