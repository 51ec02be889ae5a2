/**
 * A conversation as Qwen2-VL reads it: the chat template around messages, tokenised, with the slots of each image.
 *
 * What a message says never becomes an image or latent slot. The reference would read `<|image_pad|>` in a question
 * as a slot and then miscount images or crash; here such text (see `slotTokenNames`) is encoded as ordinary
 * characters. Other special tokens in a message, such as `<|im_end|>`, are special as in the reference.
 */
import { fail } from '../../../shared/failure.ts';
import { renderPrompt, type Message, type MessagePart } from '../../vlm/chat-template.ts';
import type { TokenisedPrompt } from '../prompt.ts';
import { slotTokenNames } from '../../vlm/special-tokens.ts';
import type { Tokenizer } from '../../vlm/tokenizer.ts';

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
  return slotTokenNames.reduce(
    (broken, name) => broken.replaceAll(name, `<${mark}${name.slice(1)}`),
    text.toWellFormed(),
  );
}

const partsOf = ({ content }: Message): readonly MessagePart[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : content;

/**
 * The tokenised prompt, up to where the answer starts. `imageTokenCounts` holds each image's number of slots, in the
 * order of the messages. Fails with `malformed-config` where the template does not write one image pad for each image.
 */
export function buildChatPrompt({
  tokenizer,
  chatTemplate,
  messages,
  imageTokenCounts,
}: Readonly<{
  tokenizer: Tokenizer;
  /** Jinja source. */
  chatTemplate: string;
  messages: readonly Message[];
  imageTokenCounts: readonly number[];
}>): TokenisedPrompt {
  const texts = messages.flatMap(partsOf).map((part) => (part.type === 'text' ? part.text : ''));
  const mark = unusedCharacter(texts.join('') + chatTemplate);
  const marked = renderPrompt(
    chatTemplate,
    messages.map(({ role, content }) => ({
      role,
      content:
        typeof content === 'string'
          ? breakSlotTokens(content, mark)
          : content.map((part): MessagePart =>
              part.type === 'text' ? { type: 'text', text: breakSlotTokens(part.text, mark) } : part,
            ),
    })),
  );

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
  return { text: marked.replaceAll(mark, ''), tokenIds, imageSpans, closingIds: [] };
}
