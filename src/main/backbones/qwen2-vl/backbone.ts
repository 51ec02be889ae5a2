/** Qwen2-VL as the engine and the methods see it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Qwen2VlBundle, VisionDimensions } from '../../../shared/bundle.ts';
import type { ImageGeometry } from '../../../shared/trace.ts';
import { failFromSystem } from '../../files/io-failure.ts';
import { decodeImage } from '../../vlm/image/decode.ts';
import { formatQuestion } from '../../vlm/question-text.ts';
import { findSpecialTokens } from '../../vlm/special-tokens.ts';
import { loadTokenizer } from '../../vlm/tokenizer.ts';
import type { Backbone, ImageSizing } from '../backbone.ts';
import type { PreprocessedImage } from '../preprocessed-image.ts';
import { buildChatPrompt } from './chat-prompt.ts';
import { preprocessImage, type GridThw, type ImageResize } from './image-processor.ts';
import { buildPrompt } from './question-prompt.ts';
import { mropePositions, visionRotaryTable } from './rope.ts';

/** From the folder of a bundle. Fails as `loadTokenizer` does, and with `io` where the chat template cannot be read. */
export async function openQwen2Vl(folder: string, bundle: Qwen2VlBundle): Promise<Backbone> {
  const { files, image: settings, vision, text } = bundle;
  const tokenizer = await loadTokenizer(
    {
      tokenizer: join(folder, files.tokenizer),
      tokenizerConfig: join(folder, files.tokenizerConfig),
      latentTokens: bundle.specialTokens.latent !== null,
    },
    findSpecialTokens,
  );
  const templatePath = join(folder, files.chatTemplate);
  const chatTemplate = await readFile(templatePath, 'utf8').catch((error: unknown) =>
    failFromSystem(error, templatePath),
  );
  const resizes: Readonly<Record<ImageSizing, ImageResize>> = {
    latent: { kind: 'stretch', width: settings.latentWidth, height: settings.latentHeight },
    ordinary: { kind: 'dynamic' },
  };
  const pictureLimits = {
    factor: vision.patchSize * vision.spatialMergeSize,
    minPixels: settings.minPixels,
    maxPixels: settings.maxPixels,
  };
  return {
    tokenizer,
    pictureLimits,
    imageJob: (bytes, label, sizing) => ({
      architecture: 'qwen2-vl',
      bytes,
      label,
      settings,
      vision,
      resize: resizes[sizing],
    }),
    decode: (bytes, label) => decodeImage(bytes, label),
    preprocess: (pixels, label) => preprocessImage(pixels, settings, vision, resizes.ordinary, label),
    imageGraphFile: (hasFusedAttention) => (hasFusedAttention ? files.vision : files.visionWrittenOut),
    positionsOf: ({ geometry }) => patchCountOf(gridOf(geometry, vision)),
    imageFeeds: (images) => imageFeeds(images, vision, text.hiddenSize),
    slotEmbeds: (output) => output('image_embeds').data,
    questionPrompt: (question, format, imageTokenCounts) =>
      buildPrompt({ ...question, tokenizer, chatTemplate, format, imageTokenCounts }),
    questionText: formatQuestion,
    chatPrompt: (messages, imageTokenCounts) =>
      buildChatPrompt({ tokenizer, chatTemplate, messages, imageTokenCounts }),
    chatPositions: ({ tokenIds, imageSpans }, images) => {
      const placed = images.map(({ geometry }, index) => {
        const span = imageSpans[index];
        if (span === undefined) throw new Error(`image ${index} has no place in the prompt`);
        return { ...span, gridThw: gridOf(geometry, vision) };
      });
      return mropePositions(tokenIds.length, placed, vision.spatialMergeSize);
    },
    hasImageGrid: true,
    neverAnswered: [],
  };
}

/** The patch grid of an image, from its slots. */
export function gridOf({ gridRows, gridColumns }: ImageGeometry, { spatialMergeSize }: VisionDimensions): GridThw {
  return [1, gridRows * spatialMergeSize, gridColumns * spatialMergeSize];
}

const patchCountOf = ([times, rows, columns]: GridThw): number => times * rows * columns;

/** The vision tower's inputs (graphs/vision.ts) for images of one size. */
function imageFeeds(
  images: readonly PreprocessedImage[],
  vision: VisionDimensions,
  hiddenSize: number,
): ReturnType<Backbone['imageFeeds']> {
  const [first] = images;
  if (first === undefined) throw new Error('there is no image to encode');
  const grid = gridOf(first.geometry, vision);
  const patchCount = patchCountOf(grid);
  const size = first.pixelValues.length;
  const pixels = new Float32Array(images.length * size);
  for (const [position, { pixelValues }] of images.entries()) pixels.set(pixelValues, position * size);
  const { cos, sin } = visionRotaryTable(grid, vision);
  const half = cos.length / patchCount;
  const integers = (dims: readonly number[], values: Iterable<number>) => ({
    data: BigInt64Array.from(values, BigInt),
    dims,
  });
  const index = Array.from({ length: images.length * patchCount }, (_, position) => position % patchCount);
  return {
    pixel_values: { data: pixels, dims: [images.length, patchCount, size / patchCount] },
    rope_cos: { data: cos, dims: [patchCount, half] },
    rope_sin: { data: sin, dims: [patchCount, half] },
    rope_index: integers([images.length, patchCount], index),
    shape_rows: integers([3], [images.length, patchCount, -1]),
    shape_images: integers([3], [images.length, -1, hiddenSize]),
  };
}
