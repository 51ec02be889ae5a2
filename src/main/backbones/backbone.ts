/**
 * What the engine and the methods have to know of a model family: everything else about it is in the family's own folder.
 * One object for each loaded bundle.
 *
 * Legend: B images, J slots of an image, S positions, D hidden size.
 */
import type { PromptFormat } from '../../shared/run-settings.ts';
import type { Message } from '../vlm/chat-template.ts';
import type { RgbImage } from '../vlm/image/rgb-image.ts';
import type { QuestionText } from '../vlm/question-text.ts';
import type { Tokenizer } from '../vlm/tokenizer.ts';
import type { Positions } from './positions.ts';
import type { PreprocessedImage } from './preprocessed-image.ts';
import type { ImageJob } from './prepare-image.ts';
import type { TokenisedPrompt } from './prompt.ts';

/** The size that an image gets: the fixed one of latent reasoning, or that of ordinary prompting. */
export type ImageSizing = 'latent' | 'ordinary';

export type FloatTensor = Readonly<{ data: Float32Array; dims: readonly number[] }>;
export type IntegerTensor = Readonly<{ data: BigInt64Array; dims: readonly number[] }>;

/** What a method that draws on pictures or cuts parts out of them has to keep to, in pixels of the resized picture. */
export type PictureLimits = Readonly<{ factor: number; minPixels: number; maxPixels: number }>;

export type Backbone = Readonly<{
  tokenizer: Tokenizer;
  pictureLimits: PictureLimits;
  /** What a thread needs to prepare an encoded image file; `label` names it in failures. */
  imageJob: (bytes: Uint8Array, label: string, sizing: ImageSizing) => ImageJob;
  /** Pixels of an encoded image file as the family sees them. */
  decode: (bytes: Uint8Array, label: string) => Promise<RgbImage>;
  /** Pixels at the size of ordinary prompting. */
  preprocess: (pixels: RgbImage, label: string) => PreprocessedImage;
  /** The graph that encodes images: its file, for a device that has a right fused attention kernel or has none. */
  imageGraphFile: (hasFusedAttention: boolean) => string;
  /** Positions that such an image takes in that graph: they bound how many go in at once. */
  positionsOf: (image: PreprocessedImage) => number;
  /** Inputs for images of one size. */
  imageFeeds: (images: readonly PreprocessedImage[]) => Record<string, FloatTensor | IntegerTensor>;
  /** Embeddings of the slots of all images, [B * J, D], from an output of the graph. */
  slotEmbeds: (
    output: (name: string) => FloatTensor,
    embed: (tokenIds: readonly number[]) => Float32Array,
  ) => Float32Array;
  /** Images first, then the question. Fails where the tokens of a family's prompt cannot be placed. */
  questionPrompt: (
    question: QuestionText,
    format: PromptFormat,
    imageTokenCounts: readonly number[],
  ) => TokenisedPrompt;
  /** What a person asks in a conversation that is nothing but the question. */
  questionText: (format: PromptFormat, question: QuestionText) => string;
  /** A conversation up to the next answer; `imageTokenCounts` in the order of the messages. */
  chatPrompt: (messages: readonly Message[], imageTokenCounts: readonly number[]) => TokenisedPrompt;
  /** Positions of such a conversation. */
  chatPositions: (prompt: TokenisedPrompt, images: readonly PreprocessedImage[]) => Positions;
  /** In conversations image slots have positions by row and column (mRoPE), not one after the other. */
  hasImageGrid: boolean;
  /** Tokens that no answer holds. */
  neverAnswered: readonly number[];
}>;
