/** Chain-of-thought prompting as M3CoT's zero-shot baselines do it: a rationale, then a turn that asks for the letter. */
import { choiceLetter } from '../../../shared/sample.ts';
import type { QuestionText } from '../../vlm/question-text.ts';
import { m3cotBlock } from './question-parts.ts';

/** First user turn, after the image. */
export function cotRationalePrompt(text: QuestionText): string {
  return `${m3cotBlock(text)}\n\nLet's think step-by-step!`;
}

/** Second user turn, after the rationale; the letters are those of the question's options. */
export function cotAnswerPrompt({ choices }: QuestionText): string {
  const letters = choices.map((_, index) => `"(${choiceLetter(index)})"`);
  return `Please select the correct answer from the [${letters.join(',')}] options.`;
}
