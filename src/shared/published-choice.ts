/** Which of the paper's experiments is likely nearest to some runs: a guess from names, which the user can change. */
import { z } from 'zod';
import {
  publishedBackbones,
  publishedDatasets,
  publishedMain,
  type PublishedBackbone,
  type PublishedDataset,
} from './published-results.ts';
import { describeMethod, methods } from './run-settings.ts';

export const publishedChoiceSchema = z.object({
  backbone: z.enum(publishedBackbones),
  dataset: z.enum(publishedDatasets),
});
export type PublishedChoice = z.infer<typeof publishedChoiceSchema>;

type Named = Readonly<{ modelName: string | null; datasetName: string | null; datasetPath: string | null }>;

export function guessBackbone(runs: readonly Pick<Named, 'modelName'>[]): PublishedBackbone {
  return runs.some(({ modelName }) => /chameleon/i.test(modelName ?? '')) ? 'Chameleon-7B' : 'Qwen2-VL-7B';
}

/** Null where the runs are of neither: the paper's figures say nothing about other questions. */
export function guessDataset(runs: readonly Pick<Named, 'datasetName' | 'datasetPath'>[]): PublishedDataset | null {
  const isOf = (name: RegExp): boolean =>
    runs.some(({ datasetName, datasetPath }) => name.test(`${datasetName ?? ''} ${datasetPath ?? ''}`));
  if (isOf(/science[-_ ]?qa/i)) return 'ScienceQA';
  return isOf(/m3[-_ ]?cot/i) ? 'M3CoT' : null;
}

/** Null where the dataset is none of the paper's. */
export function guessPublished(runs: readonly Named[]): PublishedChoice | null {
  const dataset = guessDataset(runs);
  return dataset === null ? null : { backbone: guessBackbone(runs), dataset };
}

/** What the paper reports of a method by its name in settings; accuracy between 0 and 1, null: not reported. */
export type PublishedRow = Readonly<{
  method: string;
  accuracy: number;
  arSteps: number | null;
  seconds: number | null;
}>;

/** The paper's rows, each with its method's name here. */
export function publishedRows({ backbone, dataset }: PublishedChoice): (PublishedRow & Readonly<{ title: string }>)[] {
  return publishedMain[backbone][dataset].map(([title, [percent, arSteps, seconds]]) => ({
    method: methods.find((name) => describeMethod(name).title === title) ?? title,
    title,
    accuracy: percent / 100,
    arSteps,
    seconds,
  }));
}

/** Whether a run's figures stand beside those of a published method: the paper has none of interventions at inference time. */
export const isOfPublished = (
  { method }: Pick<PublishedRow, 'method'>,
  run: Readonly<{ method: string | null; intervention: string | null }>,
): boolean => run.method === method && (run.intervention === null || run.intervention === 'none');

/** What the paper reports of a run's method; undefined: nothing. */
export const ownPublishedRow = (
  run: Readonly<{ method: string | null; intervention: string | null }>,
  choice: PublishedChoice,
): PublishedRow | undefined => publishedRows(choice).find((row) => isOfPublished(row, run));

/** What is to be said wherever the paper's figures stand beside one's own. */
export const publishedNote =
  "Their questions, prompts, models and machine are not those of your runs: compare the methods' order, not the digits.";
