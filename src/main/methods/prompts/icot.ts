/** ICoT's zero-shot text (arXiv 2411.19488): the question, its options and the words that begin the rationale. */
import type { QuestionText } from '../../vlm/question-text.ts';
import { questionWithOptions } from './question-parts.ts';

/** Ends with a line break, as the published code does: line breaks are where ICoT inserts patches. */
export function icotPrompt(text: QuestionText): string {
  return `${questionWithOptions(text)}\nLet's think step by step.\n`;
}
