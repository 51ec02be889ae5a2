/**
 * How a method that asks the model in words is written: a generator for one question, which yields calls and gets their
 * texts back, and at the end returns its answer. It knows nothing of batches, caches and positions (conversation.ts).
 */
import type { SpecialTokens } from '../../shared/bundle.ts';
import type { RunSettings } from '../../shared/run-settings.ts';
import type { LatentStep, ModelCall, Region, Remark } from '../../shared/trace.ts';
import type { EngineQuestion } from '../engine/protocol.ts';
import type { RowState } from '../engine/sequence-batch.ts';
import type { RgbImage } from '../vlm/image/rgb-image.ts';
import type { PictureLimits } from '../backbones/backbone.ts';
import type { PreprocessedImage } from '../backbones/preprocessed-image.ts';
import type { Positions } from '../backbones/positions.ts';
import type { Tokenizer } from '../vlm/tokenizer.ts';
import type { PositionKind } from './latent-trace.ts';

export type ChatPart = Readonly<{ type: 'text'; text: string } | { type: 'image'; image: PreprocessedImage }>;
export type ChatMessage = Readonly<{ role: 'system' | 'user' | 'assistant'; content: readonly ChatPart[] }>;

/** The whole conversation up to here; what an earlier call of this question has read already is not read again. */
export type Call = Readonly<{
  /** What it is for, in a word or two: `answer`, `rationale`. */
  purpose: string;
  messages: readonly ChatMessage[];
  /** Default: the run's token limit. */
  maxTokens?: number;
  /** Generation ends once its text holds one of these. */
  stopStrings?: readonly string[];
  /** No call follows: the question's share of the cache is freed as soon as it ends. */
  isLast?: boolean;
  /** Patches to insert after a token, and the most positions that they may take in all. */
  insertion?: Readonly<{ after: (reading: Reading) => Insertion | null; positionLimit: number }>;
}>;

/** A token that the decoder has just read, and where it looked. */
export type Reading = Readonly<{
  /** Generated ids so far, this one last. */
  generated: readonly number[];
  /** The token's own state. */
  state: RowState;
  /** Kinds of the row's positions, this token's included. */
  kinds: readonly PositionKind[];
  /** The first free position. */
  nextPosition: number;
  /** Pictures of the prompt, in order: first slot and the vision tower's output, [J, D]. */
  images: readonly Readonly<{ start: number; count: number; embeds: Float32Array }>[];
  /** Image slots have positions by row and column (mRoPE), not one after the other. */
  hasImageGrid: boolean;
  /** Token embeddings, [ids.length, D]. */
  embed: (tokenIds: readonly number[]) => Float32Array;
}>;

export type Insertion = Readonly<{
  /** [S, D] */
  embeds: Float32Array;
  positions: Positions;
  /** [S] */
  kinds: readonly PositionKind[];
}>;

export type Reply = Readonly<{
  /** Special tokens left out. */
  text: string;
  tokenIds: readonly number[];
  finishReason: ModelCall['finishReason'];
  callIndex: number;
}>;

/** What a method makes of the replies. */
export type Conclusion = Readonly<{
  /** The text that scorers read. */
  outputText: string;
  steps?: readonly LatentStep[];
  regions?: readonly Region[];
  remarks?: readonly Remark[];
}>;

/** One question as a method sees it. */
export type Asked = Readonly<{
  question: EngineQuestion;
  settings: RunSettings;
  /** The question in the family's own words, in the run's format: a user's turn that asks nothing else. */
  questionText: string;
  /** Method that the model was trained for. */
  trainedFor: string;
  tokenizer: Tokenizer;
  specialTokens: SpecialTokens;
  pictureLimits: PictureLimits;
  /** Its pictures at the size of ordinary prompting, in order. */
  images: readonly PreprocessedImage[];
  /** Pixels of one of its pictures. */
  pixels: (imageIndex: number) => Promise<RgbImage>;
  /** Pixels that the method drew or cut out, for the vision tower; `label` names them in failures. */
  preprocess: (image: RgbImage, label: string) => PreprocessedImage;
}>;

export type Reasoning = (asked: Asked) => AsyncGenerator<Call, Conclusion, Reply>;

export const text = (content: string): ChatPart => ({ type: 'text', text: content });

/** A user's turn: pictures first, then the text. */
export const userTurn = (images: readonly PreprocessedImage[], content: string): ChatMessage => ({
  role: 'user',
  content: [...images.map((image): ChatPart => ({ type: 'image', image })), text(content)],
});

export const systemTurn = (content: string): ChatMessage => ({ role: 'system', content: [text(content)] });

export const assistantTurn = (content: string): ChatMessage => ({ role: 'assistant', content: [text(content)] });
