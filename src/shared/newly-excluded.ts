/** What an arriving run's `bad gold` tags take out of the runs that were there: told, as it changes their results. */
import { z } from 'zod';
import { exclusionTag } from './exclusion-tag.ts';

export const newlyExcludedSchema = z.object({
  /** Runs of which at least one question is newly left out. */
  runs: z.int().min(1),
  /** Their questions that are, each counted in every run that holds it. */
  answers: z.int().min(1),
});
export type NewlyExcluded = z.infer<typeof newlyExcludedSchema>;

export function newlyExcludedText({ runs, answers }: NewlyExcluded): string {
  const questions = answers === 1 ? '1 question' : `${answers.toLocaleString('en-US')} questions`;
  const others = runs === 1 ? 'another run' : `${runs.toLocaleString('en-US')} other runs`;
  return `It brings tags “${exclusionTag}”: ${questions} of ${others} ${answers === 1 ? 'is' : 'are'} now left out of every count.`;
}
