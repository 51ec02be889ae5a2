/**
 * The prompt of a multiple-choice question for Qwen2-VL: the three prompt formats inside the chat template, after the
 * images. The formats are those of the released IVT-LR code (`released-inference` from its inference script,
 * `released-training` from its training script), their literal braces included; `with-context` is ours.
 */
import type { PromptFormat } from '../../../shared/run-settings.ts';
import type { MessagePart } from '../../vlm/chat-template.ts';
import type { Tokenizer } from '../../vlm/tokenizer.ts';
import { buildChatPrompt, type ChatPrompt } from './chat-prompt.ts';

export type QuestionText = Readonly<{ question: string; choices: readonly string[]; context: string }>;

/** What Python's `str.strip` takes: Unicode's white space and four control characters, but not U+FEFF. */
function isPythonSpace(code: number): boolean {
  return (
    (code >= 0x1c && code <= 0x1f) || (code !== 0xfeff && (code === 0x85 || /\s/u.test(String.fromCharCode(code))))
  );
}

/** Python's `str.strip()`, which differs from JavaScript's `trim` in U+001C..1F, U+0085 and U+FEFF. */
export function pythonStrip(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isPythonSpace(text.charCodeAt(start))) start += 1;
  while (end > start && isPythonSpace(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

/** The user's text of a question. */
export function formatQuestion(format: PromptFormat, { question, choices, context }: QuestionText): string {
  const isTraining = format === 'released-training';
  const options = choices.map((choice, i) => {
    const letter = String.fromCodePoint(65 + i);
    return `${isTraining ? `(${letter})` : letter}.{${pythonStrip(choice)}}`;
  });
  const shownContext = format === 'with-context' ? pythonStrip(context) : '';
  return [
    ...(shownContext === '' ? [] : [`[Context]:{${shownContext}}`]),
    `[Question]:{${pythonStrip(question)}}`,
    '[Options]:',
    options.join('\n'),
    isTraining ? 'Answer:\n' : 'Answer:',
  ].join('\n');
}

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
  }>): ChatPrompt {
  const { tokenizer, chatTemplate, imageTokenCounts } = options;
  const images = imageTokenCounts.map((): MessagePart => ({ type: 'image' }));
  const content: MessagePart[] = [...images, { type: 'text', text: formatQuestion(format, options) }];
  return buildChatPrompt({ tokenizer, chatTemplate, imageTokenCounts, messages: [{ role: 'user', content }] });
}
