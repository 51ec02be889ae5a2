/** No-CoT: ordinary prompting, the answer straight after question and options. */
import { conversation } from './conversation.ts';
import type { ReasoningMethod } from './method.ts';
import { userTurn } from './reasoning.ts';

export const noCot: ReasoningMethod = {
  name: 'no-cot',
  title: 'No-CoT',
  summary: 'The answer straight after question and options.',
  isLatent: false,
  ...conversation(async function* ({ questionText, images }) {
    const messages = [userTurn(images, questionText)];
    const { text } = yield { purpose: 'answer', messages, isLast: true };
    return { outputText: text };
  }),
};
