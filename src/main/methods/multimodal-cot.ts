/**
 * Multimodal-CoT (arXiv 2302.00923): a rationale from question, context and options, then the answer from the same and
 * the rationale. The original fine-tunes a model for each of the two; here one model does both, zero-shot.
 */
import { conversation } from './conversation.ts';
import type { ReasoningMethod } from './method.ts';
import { multimodalCotAnswerPrompt, multimodalCotRationalePrompt } from './prompts/multimodal-cot.ts';
import { userTurn } from './reasoning.ts';

export const multimodalCot: ReasoningMethod = {
  name: 'multimodal-cot',
  title: 'Multimodal-CoT',
  summary: 'One call writes a rationale, another answers with it (zero-shot; the original trains two models).',
  isLatent: false,
  ...conversation(async function* ({ question, images }) {
    const rationale = yield {
      purpose: 'rationale',
      messages: [userTurn(images, multimodalCotRationalePrompt(question))],
    };
    const messages = [userTurn(images, multimodalCotAnswerPrompt(question, rationale.text))];
    const { text } = yield { purpose: 'answer', messages, isLast: true };
    return { outputText: text };
  }),
};
