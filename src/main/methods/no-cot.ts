/** No-CoT: ordinary prompting, the answer straight after question and options. */
import { formatQuestion } from '../vlm/question-text.ts';
import { conversation } from './conversation.ts';
import type { ReasoningMethod } from './method.ts';
import { userTurn } from './reasoning.ts';

export const noCot: ReasoningMethod = {
  name: 'no-cot',
  title: 'No-CoT',
  summary: 'The answer straight after question and options.',
  isLatent: false,
  ...conversation(async function* ({ question, settings, images }) {
    const messages = [userTurn(images, formatQuestion(settings.promptFormat, question))];
    const { text } = yield { purpose: 'answer', messages, isLast: true };
    return { outputText: text };
  }),
};
