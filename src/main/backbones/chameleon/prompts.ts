/**
 * Chameleon's prompts, as tokens: what a person wrote never becomes a slot. An image is a start token, its slots and an end
 * token; a separator stands between what is asked and what is answered.
 *
 *   released inference   <s> image [Question]:{…}\n[Options]:\n(A).{…}\n…\nAnswer:   latent steps   separator   answer
 *   released training    [Question]:{slots…}\n[Options]:\n(A).{…}…                   latent steps   answer
 *   conversation         <s> image text separator answer separator text separator …
 *
 * The released inference appends the latent marks to the text before its processor appends the separator, so that it comes
 * after the steps; the released training has none, no start, no marks around the slots, and the image inside the braces.
 */
import type { PromptFormat } from '../../../shared/run-settings.ts';
import type { Message, MessagePart } from '../../vlm/chat-template.ts';
import { pythonStrip, type QuestionText } from '../../vlm/question-text.ts';
import type { Tokenizer } from '../../vlm/tokenizer.ts';
import type { TokenisedPrompt } from '../prompt.ts';
import { ordinaryTextEncoder } from './ordinary-text.ts';
import type { ChameleonTokens } from './special-tokens.ts';

/** What a prompt is put together from; an image stands for its slots, `marked` for the tokens around them too. */
type Piece = Readonly<
  { kind: 'text'; text: string } | { kind: 'image'; marked: boolean } | { kind: 'begin' } | { kind: 'separator' }
>;

const textPiece = (text: string): Piece => ({ kind: 'text', text });

const optionsText = (choices: readonly string[]): string =>
  choices.map((choice, index) => `(${String.fromCodePoint(65 + index)}).{${pythonStrip(choice)}}`).join('\n');

/** What the released inference writes after the image; the training's layout is no turn of a conversation. */
export function questionText(format: PromptFormat, { question, choices, context }: QuestionText): string {
  const shownContext = format === 'with-context' ? pythonStrip(context) : '';
  return [
    ...(shownContext === '' ? [] : [`[Context]:{${shownContext}}`]),
    `[Question]:{${pythonStrip(question)}}`,
    ...(choices.length === 0 ? [] : ['[Options]:', optionsText(choices)]),
    'Answer:',
  ].join('\n');
}

/** The pieces of a question in one of the three formats, up to where latent steps begin. */
function questionPieces(format: PromptFormat, { question, choices, context }: QuestionText, images: number): Piece[] {
  const pictures = (marked: boolean): Piece[] => Array.from({ length: images }, () => ({ kind: 'image', marked }));
  if (format === 'released-training') {
    // Image and question are stripped together there: white space before the question stays.
    const stripped = images > 0 ? pythonStrip(`.${question}`).slice(1) : pythonStrip(question);
    return [
      textPiece('[Question]:{'),
      ...pictures(false),
      textPiece(`${stripped}}\n[Options]:\n${optionsText(choices)}`),
    ];
  }
  return [{ kind: 'begin' }, ...pictures(true), textPiece(questionText(format, { question, choices, context }))];
}

const partsOf = ({ content }: Message): readonly MessagePart[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : content;

/** Turns one after the other, each ended by a separator: the last one's answer follows. */
const conversationPieces = (messages: readonly Message[]): Piece[] => [
  { kind: 'begin' },
  ...messages.flatMap((message): Piece[] => [
    ...partsOf(message).map((part): Piece =>
      part.type === 'text' ? textPiece(part.text) : { kind: 'image', marked: true },
    ),
    { kind: 'separator' },
  ]),
];

export type ChameleonPrompts = Readonly<{
  questionPrompt: (
    question: QuestionText,
    format: PromptFormat,
    imageTokenCounts: readonly number[],
  ) => TokenisedPrompt;
  /** Images in the order of the messages. */
  chatPrompt: (messages: readonly Message[], imageTokenCounts: readonly number[]) => TokenisedPrompt;
}>;

export function chameleonPrompts(tokenizer: Tokenizer<ChameleonTokens>): ChameleonPrompts {
  const encode = ordinaryTextEncoder(tokenizer);
  const { bos, imageStart, imageEnd, imagePad, separator } = tokenizer.specialTokens;
  const assemble = (
    pieces: readonly Piece[],
    counts: readonly number[],
    closingIds: readonly number[],
  ): TokenisedPrompt => {
    const tokenIds: number[] = [];
    const imageSpans: { start: number; count: number }[] = [];
    const shown: string[] = [];
    for (const piece of pieces) {
      if (piece.kind === 'begin') tokenIds.push(bos);
      else if (piece.kind === 'separator') tokenIds.push(separator);
      else if (piece.kind === 'text') {
        for (const id of encode(piece.text)) tokenIds.push(id);
        shown.push(piece.text);
      } else {
        const count = counts[imageSpans.length] ?? 0;
        if (piece.marked) tokenIds.push(imageStart);
        imageSpans.push({ start: tokenIds.length, count });
        for (let slot = 0; slot < count; slot++) tokenIds.push(imagePad);
        if (piece.marked) tokenIds.push(imageEnd);
        shown.push('<image>');
      }
    }
    return { text: shown.join(''), tokenIds, imageSpans, closingIds };
  };
  return {
    questionPrompt: (question, format, counts) =>
      assemble(
        questionPieces(format, question, counts.length),
        counts,
        format === 'released-training' ? [] : [separator],
      ),
    chatPrompt: (messages, counts) => assemble(conversationPieces(messages), counts, []),
  };
}
