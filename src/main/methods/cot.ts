/**
 * CoT: a rationale, then the answer. Zero-shot it is M3CoT's two turns; a model that was trained for it (explicit
 * chain-of-thought, the trainer's stage 0) gets the plain question of its training and writes both at once.
 */
import { conversation } from './conversation.ts';
import type { ReasoningMethod } from './method.ts';
import { cotAnswerPrompt, cotRationalePrompt } from './prompts/cot.ts';
import { assistantTurn, userTurn } from './reasoning.ts';

export const cot: ReasoningMethod = {
  name: 'cot',
  title: 'CoT',
  summary: 'A written rationale, then a second turn that asks for the letter; trained models write both at once.',
  isLatent: false,
  ...conversation(async function* ({ question, questionText, images, trainedFor }) {
    if (trainedFor === 'cot') {
      const messages = [userTurn(images, questionText)];
      const { text } = yield { purpose: 'rationale and answer', messages, isLast: true };
      return { outputText: text };
    }
    const asked = userTurn(images, cotRationalePrompt(question));
    const rationale = yield { purpose: 'rationale', messages: [asked] };
    const messages = [asked, assistantTurn(rationale.text), userTurn([], cotAnswerPrompt(question))];
    const { text } = yield { purpose: 'answer', messages, isLast: true };
    return { outputText: text };
  }),
};
