/**
 * The part that methods share: images decoded and preprocessed, the prompt rendered and tokenised, and later
 * embedded with the vision tower's outputs in the image slots. Failures stay with their question.
 */
import { failureOf, type Failure, fail } from '../../shared/failure.ts';
import type { RunSettings } from '../../shared/run-settings.ts';
import type { ImagesAhead } from '../engine/images-ahead.ts';
import type { LanguageModel } from '../engine/language-model.ts';
import type { EngineQuestion } from '../engine/protocol.ts';
import type { Backbone, ImageSizing } from '../backbones/backbone.ts';
import type { PreprocessedImage } from '../backbones/preprocessed-image.ts';
import { prepareImage, type ImageJob, type PreparedImage } from '../backbones/prepare-image.ts';
import type { TokenisedPrompt } from '../backbones/prompt.ts';

export type PromptedQuestion = Readonly<{
  question: EngineQuestion;
  images: readonly PreprocessedImage[];
  prompt: TokenisedPrompt;
  /** Decoding and preprocessing of this question's images, in whichever thread, and its prompt. */
  preprocessMs: number;
}>;

export type Preparation =
  Readonly<{ ok: true; prompted: PromptedQuestion }> | Readonly<{ ok: false; sampleId: string; failure: Failure }>;

export type PreparationOptions = Readonly<{
  sizing: ImageSizing;
  /** Images that were prepared at this size while others were answered. */
  ahead: ImagesAhead | null;
  /** The most positions that latent steps take between prompt and answer. */
  latentPositions: number;
}>;

export async function prepareQuestions(
  model: Pick<LanguageModel, 'backbone' | 'bundle'>,
  settings: RunSettings,
  questions: readonly EngineQuestion[],
  options: PreparationOptions,
): Promise<Preparation[]> {
  const preparations: Preparation[] = [];
  // One after the other, so that each question's time is its own; what was prepared ahead is there already.
  for (const question of questions) {
    try {
      preparations.push({ ok: true, prompted: await prepareQuestion(model, settings, question, options) });
    } catch (error) {
      const failure = failureOf(error);
      if (failure === undefined) throw error;
      preparations.push({ ok: false, sampleId: question.sampleId, failure });
    }
  }
  return preparations;
}

/** What has to be done for each image of a question. */
export const imageJobs = (backbone: Backbone, sizing: ImageSizing, { sampleId, images }: EngineQuestion): ImageJob[] =>
  images.map((bytes, index) => backbone.imageJob(bytes, imageLabel(sampleId, index), sizing));

/** Names an image in failures. */
export const imageLabel = (sampleId: string, index: number): string => `image ${index + 1} of question ${sampleId}`;

/** A question's images in their order, prepared ahead or now, and the time that took in whichever thread. */
export async function prepareImages(
  backbone: Backbone,
  question: EngineQuestion,
  { sizing, ahead }: Pick<PreparationOptions, 'sizing' | 'ahead'>,
): Promise<Readonly<{ images: PreprocessedImage[]; milliseconds: number }>> {
  const prepared: PreparedImage[] = [];
  for (const job of imageJobs(backbone, sizing, question)) {
    prepared.push((await ahead?.take(job.bytes)) ?? (await prepareImage(job)));
  }
  return {
    images: prepared.map(({ image }) => image),
    milliseconds: prepared.reduce((sum, { milliseconds }) => sum + milliseconds, 0),
  };
}

async function prepareQuestion(
  model: Pick<LanguageModel, 'backbone' | 'bundle'>,
  settings: RunSettings,
  question: EngineQuestion,
  { latentPositions, ...imageOptions }: PreparationOptions,
): Promise<PromptedQuestion> {
  const { backbone } = model;
  const { text } = model.bundle;
  const { images, milliseconds: imageMs } = await prepareImages(backbone, question, imageOptions);
  const started = performance.now();
  const prompt = backbone.questionPrompt(
    question,
    settings.promptFormat,
    images.map(({ imageTokenCount }) => imageTokenCount),
  );
  const roomLeft = text.maxPositions - prompt.tokenIds.length - prompt.closingIds.length;
  if (latentPositions + settings.maxTokens > roomLeft) {
    fail('prompt-too-long', 'The prompt does not fit the model.', {
      place: `question ${question.sampleId}`,
      expected: `at most ${text.maxPositions} positions`,
      found:
        `${prompt.tokenIds.length} for the prompt, up to ${latentPositions} for latent steps ` +
        `and ${settings.maxTokens} for the answer`,
      action: remedy(settings, { roomLeft, latentPositions }),
    });
  }
  return { question, images, prompt, preprocessMs: imageMs + performance.now() - started };
}

/** Names what takes the room: the token limit, or the steps' patches where no token would fit beside them. */
function remedy(
  { patchesPerStep, latentSteps }: RunSettings,
  { roomLeft, latentPositions }: Readonly<{ roomLeft: number; latentPositions: number }>,
): string {
  if (roomLeft < 1) return 'Leave the question out.';
  if (latentPositions < roomLeft) return 'Lower the token limit, or leave the question out.';
  return `Lower the patches per step (K = ${patchesPerStep}) or the latent steps (N = ${latentSteps}), or leave the question out.`;
}

export type EmbeddedQuestion = Readonly<{
  prompted: PromptedQuestion;
  /** Prompt embeddings with the image slots filled, [S, D]. */
  promptEmbeds: Float32Array;
  /** The vision tower's output of each image, [J, D]. */
  imageEmbeds: readonly Float32Array[];
}>;

/** Runs the vision tower over all images of a batch, and puts its outputs into the prompts' image slots. */
export async function embedQuestions(
  model: LanguageModel,
  prompted: readonly PromptedQuestion[],
): Promise<EmbeddedQuestion[]> {
  const encoded = await model.encodeImages(prompted.flatMap(({ images }) => images));
  let taken = 0;
  return prompted.map((question) => {
    const imageEmbeds = encoded.slice(taken, (taken += question.images.length));
    return { prompted: question, promptEmbeds: embedPrompt(model, question.prompt, imageEmbeds), imageEmbeds };
  });
}

/** Prompt embeddings [S, D] with the image slots replaced by the vision tower's outputs, one [J, D] for each image. */
export function embedPrompt(
  model: LanguageModel,
  prompt: TokenisedPrompt,
  imageEmbeds: readonly Float32Array[],
): Float32Array {
  const size = model.bundle.text.hiddenSize;
  const embeds = model.embed(prompt.tokenIds);
  for (const [index, span] of prompt.imageSpans.entries()) {
    const image = imageEmbeds[index];
    if (image === undefined || image.length !== span.count * size) {
      throw new Error(`image ${index} gives ${(image?.length ?? 0) / size} embeddings for ${span.count} slots`);
    }
    embeds.set(image, span.start * size);
  }
  return embeds;
}
