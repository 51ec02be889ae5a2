/**
 * One question of a conversation while it goes on: its calls so far, what the cache holds of it, its times. What earlier
 * calls have read is found by comparing sequences, so a method may go on with a conversation, begin another one with the
 * same picture, or both.
 */
import type { Prediction } from '../../shared/prediction.ts';
import { fail } from '../../shared/failure.ts';
import type { ModelCall, Remark, Timings } from '../../shared/trace.ts';
import type { GeneratedTokens } from '../engine/generate.ts';
import type { LanguageModel } from '../engine/language-model.ts';
import type { RowFeed, RowState } from '../engine/sequence-batch.ts';
import type { TokenisedPrompt } from '../backbones/prompt.ts';
import type { PreprocessedImage } from '../backbones/preprocessed-image.ts';
import type { Positions } from '../backbones/positions.ts';
import { attentionMasses, type PositionKind } from './latent-trace.ts';
import type { Asked, Call, Conclusion, Reading, Reply } from './reasoning.ts';

/** A call that has been put into words: what there is to read of it. */
export type OpenCall = Readonly<{
  call: Call;
  prompt: TokenisedPrompt;
  images: readonly PreprocessedImage[];
  positions: Positions;
  /** The prompt as the cache will hold it. */
  sequence: number[];
  /** Positions that the cache holds of the prompt; the rest is read now. */
  cachedCount: number;
}>;

type Phase = 'visionMs' | 'prefillMs' | 'decodeMs';

/** Never equal to anything: positions that no prompt can repeat. */
const unrepeatable = Number.NaN;

export class ConversationRow {
  readonly asked: Asked;
  readonly #model: LanguageModel;
  /** Vision tower's outputs [J, D] of the pictures shown so far. */
  readonly #shown = new Map<PreprocessedImage, Readonly<{ number: number; embeds: Float32Array }>>();
  /** What the cache holds: a token's id, or a negative number for a picture's slot. */
  #cached: number[] = [];
  #kinds: PositionKind[] = [];
  #masses: { vision: number[]; text: number[] } = { vision: [], text: [] };
  #callTimes = { prefillMs: 0, decodeMs: 0 };
  readonly #calls: ModelCall[] = [];
  readonly #remarks: Remark[] = [];
  readonly #times: Pick<Timings, Phase | 'preprocessMs'>;

  constructor(model: LanguageModel, asked: Asked, preprocessMs: number) {
    this.#model = model;
    this.asked = asked;
    this.#times = { preprocessMs, visionMs: 0, prefillMs: 0, decodeMs: 0 };
  }

  get callIndex(): number {
    return this.#calls.length;
  }

  /** Books time on the question, and on its present call. */
  spend(phase: Phase | 'preprocessMs', milliseconds: number): void {
    this.#times[phase] += milliseconds;
    if (phase === 'decodeMs') this.#callTimes.decodeMs += milliseconds;
    else if (phase !== 'preprocessMs') this.#callTimes.prefillMs += milliseconds;
  }

  /** Puts a call into words. Fails: `prompt-too-long`, and as the backbone's `chatPrompt` does. */
  open(call: Call): OpenCall {
    const started = performance.now();
    const { backbone } = this.#model;
    const images = call.messages.flatMap(({ content }) =>
      content.flatMap((part) => (part.type === 'image' ? [part.image] : [])),
    );
    const prompt = backbone.chatPrompt(
      call.messages.map(({ role, content }) => ({
        role,
        content: content.map((part) => (part.type === 'image' ? { type: 'image' as const } : part)),
      })),
      images.map(({ imageTokenCount }) => imageTokenCount),
    );
    this.#refuseTooLong(call, prompt);
    const positions = backbone.chatPositions(prompt, images);
    const sequence = this.#sequenceOf(prompt, images);
    // The last position is always read: its state is what the answer begins with.
    const cachedCount = Math.min(commonLength(sequence, this.#cached), sequence.length - 1);
    this.#times.preprocessMs += performance.now() - started;
    return { call, prompt, images, positions, sequence, cachedCount };
  }

  #refuseTooLong(
    { maxTokens = this.asked.settings.maxTokens, insertion, purpose }: Call,
    prompt: TokenisedPrompt,
  ): void {
    const inserted = insertion?.positionLimit ?? 0;
    const limit = this.#model.bundle.text.maxPositions;
    if (prompt.tokenIds.length + inserted + maxTokens <= limit) return;
    const { sampleId } = this.asked.question;
    fail('prompt-too-long', 'The prompt does not fit the model.', {
      place:
        this.callIndex === 0 ? `question ${sampleId}` : `question ${sampleId}, call ${this.callIndex + 1} (${purpose})`,
      expected: `at most ${limit} positions`,
      found: [
        `${prompt.tokenIds.length} for the prompt`,
        ...(inserted === 0 ? [] : [`up to ${inserted} for inserted patches`]),
        `and ${maxTokens} for the answer`,
      ]
        .join(', ')
        .replace(', and', ' and'),
      action:
        prompt.tokenIds.length + inserted < limit
          ? 'Lower the token limit, or leave the question out.'
          : 'Leave the question out.',
    });
  }

  /** Pictures of a call that the vision tower has not seen. */
  newImages({ images }: OpenCall): PreprocessedImage[] {
    return [...new Set(images)].filter((image) => this.#shown.get(image)?.embeds.length === 0);
  }

  /** Takes the vision tower's output of a new picture, [J, D]. */
  show(image: PreprocessedImage, embeds: Float32Array): void {
    this.#shown.set(image, { number: this.#shown.get(image)?.number ?? this.#shown.size, embeds });
  }

  /** Embeddings [S, D] and positions of what is new in a call's prompt. */
  reading({ prompt, images, positions, sequence, cachedCount }: OpenCall): {
    embeds: Float32Array;
    positions: Positions;
  } {
    const size = this.#model.bundle.text.hiddenSize;
    const embeds = this.#model.embed(prompt.tokenIds.slice(cachedCount));
    for (const [index, image] of images.entries()) {
      const { start, count } = spanOf(prompt, index);
      const slots = this.#shown.get(image)?.embeds;
      if (slots?.length !== count * size) throw new Error(`picture ${index} does not fill its ${count} slots`);
      const skipped = Math.max(0, cachedCount - start);
      if (skipped < count) embeds.set(slots.subarray(skipped * size), (start + skipped - cachedCount) * size);
    }
    this.#cached = sequence;
    this.#kinds = prompt.tokenIds.map((): PositionKind => 'text');
    for (const { start, count } of prompt.imageSpans) this.#kinds.fill('image', start, start + count);
    this.#masses = { vision: [], text: [] };
    return { embeds, positions: tail(positions, cachedCount) };
  }

  /** Notes a token and where the row looked that it was chosen from. */
  takeToken(token: number, { attention }: RowState): void {
    const { visionMass, latentVisionMass, textMass } = attentionMasses(attention, this.#kinds);
    this.#masses.vision.push(visionMass + latentVisionMass);
    this.#masses.text.push(textMass);
    this.#cached.push(token);
    this.#kinds.push('text');
  }

  /** What the call inserts after the token that was read last, or null. */
  insertion(
    { call, prompt, images }: OpenCall,
    generated: readonly number[],
    state: RowState,
    nextPosition: number,
  ): RowFeed {
    const reading: Reading = {
      generated,
      state,
      kinds: this.#kinds,
      nextPosition,
      hasImageGrid: this.#model.backbone.hasImageGrid,
      images: images.map((image, index) => ({
        ...spanOf(prompt, index),
        embeds: this.#shown.get(image)?.embeds ?? new Float32Array(),
      })),
      embed: (tokenIds) => this.#model.embed(tokenIds),
    };
    const inserted = call.insertion?.after(reading) ?? null;
    if (inserted === null) return null;
    this.#kinds.push(...inserted.kinds);
    this.#cached.push(...inserted.kinds.map(() => unrepeatable));
    return inserted;
  }

  /** Records what a call brought, for the trace and for the method. */
  close({ call, prompt, images, cachedCount }: OpenCall, { tokenIds, finishReason }: GeneratedTokens): Reply {
    const callIndex = this.callIndex;
    const text = this.#model.tokenizer.decode(tokenIds, { skipSpecialTokens: true });
    // The decoder has not read the last token.
    this.#cached.pop();
    this.#calls.push({
      callIndex,
      purpose: call.purpose,
      prompt: prompt.text,
      imageCount: images.length,
      promptTokenCount: prompt.tokenIds.length,
      cachedTokenCount: cachedCount,
      outputText: text,
      outputTokenCount: tokenIds.length,
      finishReason,
      ...this.#callTimes,
      visionMasses: this.#masses.vision,
      textMasses: this.#masses.text,
    });
    this.#callTimes = { prefillMs: 0, decodeMs: 0 };
    if (finishReason === 'length') {
      this.#remarks.push({
        kind: 'token-limit',
        callIndex,
        found: `${call.purpose}: cut off after ${tokenIds.length} tokens`,
      });
    }
    return { text, tokenIds, finishReason, callIndex };
  }

  /** Autoregressive steps are the generated tokens of all calls, each one's end-of-sequence included. */
  conclude({ outputText, steps = [], regions = [], remarks = [] }: Conclusion): Prediction {
    const last = this.#calls.at(-1);
    if (last === undefined) throw new Error('a method makes at least one call');
    const { question, images } = this.asked;
    const { visionMs, prefillMs, decodeMs } = this.#times;
    return {
      status: 'answered',
      sampleId: question.sampleId,
      answer: {
        outputText,
        outputTokenCount: last.outputTokenCount,
        arSteps: this.#calls.reduce((sum, { outputTokenCount }) => sum + outputTokenCount, 0),
        finishReason: last.finishReason,
        timings: { ...this.#times, latentMs: 0, totalMs: visionMs + prefillMs + decodeMs },
        trace: {
          // Patches and the pool are those of the question's last picture.
          image: images.at(-1)?.geometry ?? null,
          promptTokenCount: last.promptTokenCount,
          imageCount: images.length,
          stoppedEarly: false,
          steps: [...steps],
          calls: this.#calls,
          regions: [...regions],
          remarks: [...this.#remarks, ...remarks],
        },
        messages: null,
        prompt: last.prompt,
      },
    };
  }

  /** Token ids, a picture's slots as negative numbers of their own. */
  #sequenceOf({ tokenIds, imageSpans }: TokenisedPrompt, images: readonly PreprocessedImage[]): number[] {
    const sequence = [...tokenIds];
    for (const [index, { start, count }] of imageSpans.entries()) {
      const image = images[index];
      if (image === undefined) throw new Error('every span has its picture');
      const { number } = this.#shown.get(image) ?? this.#announce(image);
      for (let slot = 0; slot < count; slot++) sequence[start + slot] = -1 - number;
    }
    return sequence;
  }

  #announce(image: PreprocessedImage): { number: number; embeds: Float32Array } {
    const announced = { number: this.#shown.size, embeds: new Float32Array() };
    this.#shown.set(image, announced);
    return announced;
  }
}

function spanOf({ imageSpans }: TokenisedPrompt, index: number): { start: number; count: number } {
  const span = imageSpans[index];
  if (span === undefined) throw new Error('every picture has its slots in the prompt');
  return span;
}

/** Positions from `start` on. */
function tail({ positions, next }: Positions, start: number): Positions {
  const count = positions.length / 3;
  const rows = [0, 1, 2].map((row) => positions.subarray(row * count + start, (row + 1) * count));
  const rest = new Int32Array(3 * (count - start));
  for (const [row, values] of rows.entries()) rest.set(values, row * (count - start));
  return { positions: rest, next };
}

function commonLength(a: readonly number[], b: readonly number[]): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length += 1;
  return length;
}
