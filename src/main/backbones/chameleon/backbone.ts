/** Chameleon as the engine and the methods see it. */
import { join } from 'node:path';
import type { ChameleonBundle } from '../../../shared/bundle.ts';
import { decodeImage } from '../../vlm/image/decode.ts';
import { loadTokenizer } from '../../vlm/tokenizer.ts';
import type { Backbone } from '../backbone.ts';
import { plainPositions } from '../positions.ts';
import { preprocessImage } from './image-processor.ts';
import { chameleonPrompts, questionText } from './prompts.ts';
import { findChameleonTokens } from './special-tokens.ts';

/** From the folder of a bundle. Fails as `loadTokenizer` does. */
export async function openChameleon(folder: string, bundle: ChameleonBundle): Promise<Backbone> {
  const { files, image: settings, vision } = bundle;
  const tokenizer = await loadTokenizer(
    {
      tokenizer: join(folder, files.tokenizer),
      tokenizerConfig: join(folder, files.tokenizerConfig),
      latentTokens: bundle.specialTokens.latent !== null,
    },
    findChameleonTokens,
  );
  const { imageTokens } = tokenizer.specialTokens;
  const pixelCount = settings.side * settings.side;
  return {
    tokenizer,
    // Every picture becomes a square of this size.
    pictureLimits: { factor: settings.slotSide, minPixels: pixelCount, maxPixels: pixelCount },
    imageJob: (bytes, label) => ({ architecture: 'chameleon', bytes, label, settings }),
    decode: (bytes, label) => decodeImage(bytes, label, { transparency: 'blend-all' }),
    preprocess: (pixels) => preprocessImage(pixels, settings),
    imageGraphFile: () => files.imageTokenizer,
    positionsOf: () => vision.placeCount,
    imageFeeds: (images) => {
      const size = vision.channelCount * pixelCount;
      const pixels = new Float32Array(images.length * size);
      for (const [index, { pixelValues }] of images.entries()) pixels.set(pixelValues, index * size);
      return {
        pixel_values: { data: pixels, dims: [images.length, vision.channelCount, settings.side, settings.side] },
      };
    },
    slotEmbeds: (output, embed) => embed(Array.from(output('image_codes').data, (code) => imageTokens[code] ?? 0)),
    ...chameleonPrompts(tokenizer),
    questionText,
    chatPositions: ({ tokenIds }) => plainPositions(tokenIds.length),
    hasImageGrid: false,
    neverAnswered: imageTokens,
  };
}
