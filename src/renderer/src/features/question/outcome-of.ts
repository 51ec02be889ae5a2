/** What became of an answer, by one scorer's reading. */
import type { QuestionRow } from '../../../../shared/contract/questions.ts';
import type { Prediction, Reading } from '../../../../shared/prediction.ts';

export function outcomeOf(prediction: Prediction, reading: Reading | null): QuestionRow['outcome'] {
  if (prediction.status === 'failed') return 'failed';
  if (reading === null) return 'unparsed';
  if (reading.correct) return 'right';
  return reading.choiceIndex === null ? 'unparsed' : 'wrong';
}
