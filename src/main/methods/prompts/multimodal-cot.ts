/**
 * Multimodal-CoT's two stages (arXiv 2302.00923): question, context and options to a rationale; the same with the
 * rationale to the answer. The original fine-tunes a model for each; the texts are its formats QCM-LE and QCMG-A.
 */
import { pythonStrip, type QuestionText } from '../../vlm/question-text.ts';
import { optionsOf } from './question-parts.ts';

function problem(text: QuestionText): string {
  const context = pythonStrip(text.context);
  return [
    `Question: ${pythonStrip(text.question)}`,
    `Context: ${context === '' ? 'N/A' : context}`,
    `Options: ${optionsOf(text).join(' ')}`,
  ].join('\n');
}

/** First stage: ends where the rationale is to follow. */
export function multimodalCotRationalePrompt(text: QuestionText): string {
  return `${problem(text)}\nSolution:`;
}

/** Second stage: `rationale` is the first stage's output. */
export function multimodalCotAnswerPrompt(text: QuestionText, rationale: string): string {
  return `${problem(text)}\nSolution: ${pythonStrip(rationale)}\nAnswer:`;
}
