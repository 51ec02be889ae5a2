/**
 * The part that methods share: images decoded and preprocessed, the prompt rendered and tokenised, and later
 * embedded with the vision tower's outputs in the image slots. Failures stay with their question.
 */
import { failureOf, type Failure, fail } from '../../shared/failure.ts';
import type { RunSettings } from '../../shared/run-settings.ts';
import type { LanguageModel } from '../engine/language-model.ts';
import type { EngineQuestion } from '../engine/protocol.ts';
import { decodeImage } from '../vlm/image/decode.ts';
import { preprocessImage, type ImageResize, type PreprocessedImage } from '../vlm/qwen2-vl/image-processor.ts';
import { buildPrompt, type QuestionPrompt } from '../vlm/qwen2-vl/question-prompt.ts';

export type PromptedQuestion = Readonly<{
  question: EngineQuestion;
  images: readonly PreprocessedImage[];
  prompt: QuestionPrompt;
  /** Decoding and preprocessing of this question's images and prompt. */
  preprocessMs: number;
}>;

export type Preparation =
  Readonly<{ ok: true; prompted: PromptedQuestion }> | Readonly<{ ok: false; sampleId: string; failure: Failure }>;

/** The most positions that latent steps take between prompt and answer. */
export type PromptRoom = Readonly<{ latentPositions: number }>;

export async function prepareQuestions(
  model: LanguageModel,
  settings: RunSettings,
  questions: readonly EngineQuestion[],
  resize: ImageResize,
  room: PromptRoom,
): Promise<Preparation[]> {
  return await Promise.all(
    questions.map(async (question): Promise<Preparation> => {
      try {
        return { ok: true, prompted: await prepareQuestion(model, settings, question, resize, room) };
      } catch (error) {
        const failure = failureOf(error);
        if (failure === undefined) throw error;
        return { ok: false, sampleId: question.sampleId, failure };
      }
    }),
  );
}

async function prepareQuestion(
  model: LanguageModel,
  settings: RunSettings,
  question: EngineQuestion,
  resize: ImageResize,
  { latentPositions }: PromptRoom,
): Promise<PromptedQuestion> {
  const started = performance.now();
  const { image: imageSettings, vision, text } = model.bundle;
  const images: PreprocessedImage[] = [];
  for (const [index, bytes] of question.images.entries()) {
    const label = `image ${index + 1} of question ${question.sampleId}`;
    const decoded = await decodeImage(bytes, label);
    images.push(preprocessImage(decoded, imageSettings, vision, resize, label));
  }
  const prompt = buildPrompt({
    tokenizer: model.tokenizer,
    chatTemplate: model.chatTemplate,
    format: settings.promptFormat,
    question: question.question,
    choices: question.choices,
    context: question.context,
    imageTokenCounts: images.map(({ imageTokenCount }) => imageTokenCount),
  });
  const roomLeft = text.maxPositions - prompt.tokenIds.length;
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
  return { question, images, prompt, preprocessMs: performance.now() - started };
}

/** Names what takes the room: the token limit, or the steps' patches where no token would fit beside them. */
function remedy(
  { patchesPerStep, latentSteps }: RunSettings,
  { roomLeft, latentPositions }: PromptRoom & Readonly<{ roomLeft: number }>,
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
  prompt: QuestionPrompt,
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
