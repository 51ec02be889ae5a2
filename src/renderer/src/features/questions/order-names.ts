/** The orders of a list of questions, in words. */
import { type QuestionOrder, type QuestionSort, stepOrders } from '../../../../shared/question-order.ts';

export const orderNames: Readonly<Record<QuestionOrder, string>> = {
  position: 'Order of the run',
  sample: 'Id',
  category: 'Category',
  outcome: 'Outcome',
  predicted: 'Predicted letter',
  gold: 'Gold letter',
  time: 'Time',
  'ar-steps': 'AR steps',
  'vision-mass': 'Vision mass',
  'text-mass': 'Text mass',
  'latent-vision-mass': 'Latent vision mass',
  'latent-text-mass': 'Latent text mass',
  focus: 'Vision focus',
};

/** The order of the run, ascending, is what there is without one. */
export function sortOf(sort: QuestionSort): QuestionSort | null {
  return sort.by === 'position' && !sort.descending ? null : sort;
}

/** What a click on a column's header asks for: ascending, descending, none; a step stays with its kind of order. */
export function nextSort(sort: QuestionSort | null, by: QuestionOrder): QuestionSort | null {
  if (sort?.by === by) return sort.descending ? null : { ...sort, descending: true };
  const step = stepOrders.includes(by) ? sort?.stepIndex : undefined;
  return { by, descending: false, ...(step === undefined ? {} : { stepIndex: step }) };
}
