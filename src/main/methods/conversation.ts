/**
 * Lets the questions of a batch reason side by side, each by a generator of its method (reasoning.ts): the calls of all
 * questions that are still at it are read and answered together, round by round, over one cache. A question's answer does
 * not depend on the others; one that fails leaves the round and the rest go on.
 */
import type { Prediction } from '../../shared/prediction.ts';
import type { RunSettings } from '../../shared/run-settings.ts';
import { failureOf } from '../../shared/failure.ts';
import { generate, type RowGeneration } from '../engine/generate.ts';
import type { ImagesAhead } from '../engine/images-ahead.ts';
import type { LanguageModel } from '../engine/language-model.ts';
import type { EngineQuestion } from '../engine/protocol.ts';
import type { SequenceBatch } from '../engine/sequence-batch.ts';
import type { PreprocessedImage } from '../backbones/preprocessed-image.ts';
import { ConversationRow, type OpenCall } from './conversation-row.ts';
import type { ReasoningMethod } from './method.ts';
import { imageLabel, prepareImages } from './prompted-question.ts';
import type { Asked, Call, Conclusion, Reasoning, Reply } from './reasoning.ts';
import { tokenChoice } from './token-choice.ts';

/** `imageSizing` and `answer` of a method that is written as a generator. */
export function conversation(reasoning: Reasoning): Pick<ReasoningMethod, 'imageSizing' | 'answer'> {
  return {
    imageSizing: 'ordinary',
    answer: (model, settings, questions, ahead = null) =>
      new Round(model, reasoning).answer(settings, questions, ahead),
  };
}

/** A question that is still being reasoned about. */
type Talk = {
  readonly index: number;
  readonly row: ConversationRow;
  readonly generator: AsyncGenerator<Call, Conclusion, Reply>;
  open: OpenCall;
};

class Round {
  readonly #model: LanguageModel;
  readonly #reasoning: Reasoning;
  readonly #predictions: Prediction[] = [];

  constructor(model: LanguageModel, reasoning: Reasoning) {
    this.#model = model;
    this.#reasoning = reasoning;
  }

  async answer(
    settings: RunSettings,
    questions: readonly EngineQuestion[],
    ahead: ImagesAhead | null,
  ): Promise<Prediction[]> {
    const talks: Talk[] = [];
    // One after the other, so that each question's time is its own; what was prepared ahead is there already.
    for (const [index, question] of questions.entries()) {
      const talk = await this.#guard(index, question.sampleId, () => this.#begin(index, settings, question, ahead));
      if (talk !== null) talks.push(talk);
    }
    if (talks.length > 0) await this.#talk(talks);
    return questions.map((_, index) => {
      const prediction = this.#predictions[index];
      if (prediction === undefined) throw new Error(`question ${index} was neither answered nor failed`);
      return prediction;
    });
  }

  async #begin(
    index: number,
    settings: RunSettings,
    question: EngineQuestion,
    ahead: ImagesAhead | null,
  ): Promise<Talk | null> {
    const { images, milliseconds } = await prepareImages(this.#model.backbone, question, {
      sizing: 'ordinary',
      ahead,
    });
    const asked = askedQuestion(this.#model, settings, question, images);
    const row = new ConversationRow(this.#model, asked, milliseconds);
    const generator = this.#reasoning(asked);
    const open = await this.#advance(index, row, () => generator.next());
    return open === null ? null : { index, row, generator, open };
  }

  /** The next call; null once the question is answered. */
  async #advance(
    index: number,
    row: ConversationRow,
    step: () => Promise<IteratorResult<Call, Conclusion>>,
  ): Promise<OpenCall | null> {
    const started = performance.now();
    const result = await step();
    // Pictures that the method drew or cut out.
    row.spend('preprocessMs', performance.now() - started);
    if (result.done !== true) return row.open(result.value);
    this.#predictions[index] = row.conclude(result.value);
    return null;
  }

  async #talk(begun: readonly Talk[]): Promise<void> {
    let talks = [...begun];
    const batch = this.#model.startBatch(talks.length);
    try {
      while (talks.length > 0) {
        await this.#read(batch, talks);
        const { replies, left } = await this.#generate(batch, talks);
        const next: { talk: Talk; position: number }[] = [];
        for (const [index, talk] of talks.entries()) {
          const reply = replies[index];
          if (reply === undefined) throw new Error('every row has a reply');
          const open = await this.#guard(talk.index, talk.row.asked.question.sampleId, () =>
            this.#advance(talk.index, talk.row, () => talk.generator.next(reply)),
          );
          if (open === null) continue;
          const position = left.indexOf(index);
          if (position < 0) throw new Error('a call followed the last one');
          next.push({ talk: { ...talk, open }, position });
        }
        await batch.keep(next.map(({ position }) => position));
        talks = next.map(({ talk }) => talk);
      }
    } finally {
      batch.dispose();
    }
  }

  /** Pictures through the vision tower, and what is new in the prompts through the decoder. */
  async #read(batch: SequenceBatch, talks: readonly Talk[]): Promise<void> {
    const lap = shareAmong(talks);
    const pictures = talks.flatMap(({ row, open }) => row.newImages(open).map((image) => ({ row, image })));
    const encoded = await this.#model.encodeImages(pictures.map(({ image }) => image));
    for (const [index, { row, image }] of pictures.entries()) {
      const embeds = encoded[index];
      if (embeds === undefined) throw new Error('every picture is encoded');
      row.show(image, embeds);
    }
    lap('visionMs');
    for (const [position, { open }] of talks.entries()) batch.rewind(position, open.cachedCount);
    await batch.feed(talks.map(({ row, open }) => row.reading(open)));
    lap('prefillMs');
  }

  async #generate(batch: SequenceBatch, talks: readonly Talk[]): Promise<{ replies: Reply[]; left: number[] }> {
    const lap = shareAmong(talks);
    const { rows, left } = await generate(
      this.#model,
      batch,
      talks.map(({ row, open }) => this.#generation(row, open)),
    );
    lap('decodeMs');
    const replies = talks.map(({ row, open }, index) => {
      const tokens = rows[index];
      if (tokens === undefined) throw new Error('every row generates');
      return row.close(open, tokens);
    });
    return { replies, left };
  }

  #generation(row: ConversationRow, open: OpenCall): RowGeneration {
    const { call, positions, prompt } = open;
    const { settings, question, tokenizer } = row.asked;
    return {
      maxTokens: call.maxTokens ?? settings.maxTokens,
      endTokens: this.#model.bundle.specialTokens.endOfSequence,
      nextPosition: positions.next,
      stays: call.isLast !== true,
      ...tokenChoice(settings, {
        sampleId: question.sampleId,
        callIndex: row.callIndex,
        promptTokenIds: prompt.tokenIds,
        tokenizer,
        stopStrings: call.stopStrings ?? [],
      }),
      onToken: (token, state) => row.takeToken(token, state),
      ...(call.insertion === undefined
        ? {}
        : { insertAfter: (generated, state, next) => row.insertion(open, generated, state, next) }),
    };
  }

  /** A question that fails is a failed prediction; bugs go on. */
  async #guard<Result>(index: number, sampleId: string, work: () => Promise<Result>): Promise<Result | null> {
    try {
      return await work();
    } catch (error) {
      const failure = failureOf(error);
      if (failure === undefined) throw error;
      this.#predictions[index] = { status: 'failed', sampleId, failure };
      return null;
    }
  }
}

/** Books the time since the last lap on all of these, in equal shares. */
function shareAmong(talks: readonly Talk[]): (phase: 'visionMs' | 'prefillMs' | 'decodeMs') => void {
  let last = performance.now();
  return (phase) => {
    const now = performance.now();
    for (const { row } of talks) row.spend(phase, (now - last) / talks.length);
    last = now;
  };
}

function askedQuestion(
  { bundle, backbone, tokenizer }: Pick<LanguageModel, 'bundle' | 'backbone' | 'tokenizer'>,
  settings: RunSettings,
  question: EngineQuestion,
  images: readonly PreprocessedImage[],
): Asked {
  return {
    question,
    settings,
    questionText: backbone.questionText(settings.promptFormat, question),
    trainedFor: bundle.trainedFor.method,
    tokenizer,
    specialTokens: bundle.specialTokens,
    pictureLimits: backbone.pictureLimits,
    images,
    pixels: (imageIndex) => {
      const bytes = question.images[imageIndex];
      if (bytes === undefined) throw new Error(`question ${question.sampleId} has no picture ${imageIndex}`);
      return backbone.decode(bytes, imageLabel(question.sampleId, imageIndex));
    },
    preprocess: (image, label) => backbone.preprocess(image, label),
  };
}
