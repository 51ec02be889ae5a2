/**
 * The prompt of a multiple-choice question for Qwen2-VL: the three prompt formats, the chat template around them,
 * and the image slots. The formats are those of the released IVT-LR code (`released-inference` from its inference
 * script, `released-training` from its training script), their literal braces included; `with-context` is ours.
 *
 * What a question says never becomes an image or latent slot. The reference would read `<|image_pad|>` in a question
 * as a slot and then miscount images or crash; here such text (see `slotTokenNames`) is encoded as ordinary
 * characters. Other special tokens in a question, such as `<|im_end|>`, are special as in the reference.
 */
import { fail } from '../../../shared/failure.ts';
import type { PromptFormat } from '../../../shared/run-settings.ts';
import { renderPrompt, type MessagePart } from '../chat-template.ts';
import { slotTokenNames } from '../special-tokens.ts';
import type { Tokenizer } from '../tokenizer.ts';

export type QuestionText = Readonly<{ question: string; choices: readonly string[]; context: string }>;

export type QuestionPrompt = Readonly<{
  /** The rendered chat, with one image pad for each image. */
  text: string;
  /** [S], each image pad repeated for the slots of its image. */
  tokenIds: number[];
  /** Slots of each image, in prompt order. */
  imageSpans: { start: number; count: number }[];
}>;

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

/** A character that no text should hold (Unicode's noncharacters) and that this one does not. */
function unusedCharacter(text: string): string {
  for (let code = 0xfdd0; code <= 0xfdef; code++) {
    const character = String.fromCodePoint(code);
    if (!text.includes(character)) return character;
  }
  return fail('malformed-row', 'The question holds every Unicode noncharacter, so its text cannot be marked.', {
    action: 'Leave the question out.',
  });
}

/** Breaks up the names of slot tokens with `mark`, so that the tokenizer does not see them. */
function breakSlotTokens(text: string, mark: string): string {
  return slotTokenNames.reduce((broken, name) => broken.replaceAll(name, `<${mark}${name.slice(1)}`), text);
}

/**
 * The tokenised prompt: images first, then the question. `imageTokenCounts` holds each image's number of slots.
 * Fails with `malformed-config` where the template does not write one image pad for each image.
 */
export function buildPrompt(
  options: QuestionText &
    Readonly<{
      tokenizer: Tokenizer;
      /** Jinja source. */
      chatTemplate: string;
      format: PromptFormat;
      imageTokenCounts: readonly number[];
    }>,
): QuestionPrompt {
  const { tokenizer, chatTemplate, format, imageTokenCounts } = options;
  const question = formatQuestion(format, options).toWellFormed();
  const mark = unusedCharacter(question + chatTemplate);
  const images = imageTokenCounts.map((): MessagePart => ({ type: 'image' }));
  const content: MessagePart[] = [...images, { type: 'text', text: breakSlotTokens(question, mark) }];
  const marked = renderPrompt(chatTemplate, [{ role: 'user', content }]);

  const tokenIds: number[] = [];
  const imageSpans: { start: number; count: number }[] = [];
  for (const segment of tokenizer.segment(marked)) {
    if (segment.kind === 'text') {
      for (const id of tokenizer.encodeText(segment.text.replaceAll(mark, ''))) tokenIds.push(id);
      continue;
    }
    const isPad = segment.id === tokenizer.specialTokens.imagePad;
    const count = isPad ? (imageTokenCounts[imageSpans.length] ?? 1) : 1;
    if (isPad) imageSpans.push({ start: tokenIds.length, count });
    for (let i = 0; i < count; i++) tokenIds.push(segment.id);
  }
  if (imageSpans.length !== imageTokenCounts.length) {
    fail('malformed-config', 'The chat template does not place the images.', {
      place: 'chat template',
      expected: `${imageTokenCounts.length} image pads`,
      found: `${imageSpans.length}`,
      action: 'Use the chat template of Qwen2-VL.',
    });
  }
  return { text: marked.replaceAll(mark, ''), tokenIds, imageSpans };
}
