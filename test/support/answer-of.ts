/** The answer of a prediction that must have one. */
import type { Answer, Prediction } from '../../src/shared/prediction.ts';

export function answerOf(prediction: Prediction | undefined): Answer {
  if (prediction?.status !== 'answered') throw new Error(`not answered: ${JSON.stringify(prediction)}`);
  return prediction.answer;
}
