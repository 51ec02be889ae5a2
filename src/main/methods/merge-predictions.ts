/** Answers the questions that could be prepared, and puts the failed ones back into their places. */
import type { Prediction } from '../../shared/prediction.ts';
import type { Preparation, PromptedQuestion } from './prompted-question.ts';

export async function mergePredictions(
  preparations: readonly Preparation[],
  answer: (prompted: readonly PromptedQuestion[]) => Promise<Prediction[]>,
): Promise<Prediction[]> {
  const prompted = preparations.flatMap((preparation) => (preparation.ok ? [preparation.prompted] : []));
  const answered = prompted.length === 0 ? [] : await answer(prompted);
  const remaining = answered.values();
  return preparations.map((preparation): Prediction => {
    if (!preparation.ok) return { status: 'failed', sampleId: preparation.sampleId, failure: preparation.failure };
    const next = remaining.next();
    if (next.done === true) throw new Error('the method answered fewer questions than it was given');
    return next.value;
  });
}
