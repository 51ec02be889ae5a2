/** The prompt of a multiple-choice question for Qwen2-VL: images first, then its text, inside the chat template. */
import type { PromptFormat } from '../../../shared/run-settings.ts';
import type { MessagePart } from '../../vlm/chat-template.ts';
import { formatQuestion, type QuestionText } from '../../vlm/question-text.ts';
import type { Tokenizer } from '../../vlm/tokenizer.ts';
import { buildChatPrompt } from './chat-prompt.ts';
import type { TokenisedPrompt } from '../prompt.ts';

/** The tokenised prompt: images first, then the question. Fails as `buildChatPrompt` does. */
export function buildPrompt({
  format,
  ...options
}: QuestionText &
  Readonly<{
    tokenizer: Tokenizer;
    /** Jinja source. */
    chatTemplate: string;
    format: PromptFormat;
    imageTokenCounts: readonly number[];
  }>): TokenisedPrompt {
  const { tokenizer, chatTemplate, imageTokenCounts } = options;
  const images = imageTokenCounts.map((): MessagePart => ({ type: 'image' }));
  const content: MessagePart[] = [...images, { type: 'text', text: formatQuestion(format, options) }];
  return buildChatPrompt({ tokenizer, chatTemplate, imageTokenCounts, messages: [{ role: 'user', content }] });
}
