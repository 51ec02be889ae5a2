/** A prompt as a decoder reads it, up to where an answer or a latent step begins. */
export type TokenisedPrompt = Readonly<{
  /** What was tokenised, with one mark for each image. */
  text: string;
  /** [S], the slots of each image written out. */
  tokenIds: number[];
  /** Slots of each image, in prompt order. */
  imageSpans: { start: number; count: number }[];
  /** Tokens between latent steps and answer. */
  closingIds: readonly number[];
}>;
