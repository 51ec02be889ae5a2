/** Chameleon as an import sees it. */
import type { SpecialTokens } from '../../../shared/bundle.ts';
import { fail } from '../../../shared/failure.ts';
import { readLatentConfig } from '../../checkpoint/latent-config.ts';
import type { Family } from '../family.ts';
import { readChameleonConfig, type ChameleonConfig } from './checkpoint/config.ts';
import { readCropSettings } from './checkpoint/preprocessor-config.ts';
import { validateChameleon } from './checkpoint/tensors.ts';
import { chameleonGraphs, chameleonVariants } from './graphs/graphs.ts';
import { findChameleonTokens } from './special-tokens.ts';

/** Patches of a step with which the released checkpoint was trained. */
const releasedPatchesPerStep = 64;

export const chameleonFamily: Family = {
  architecture: 'chameleon',
  name: 'Chameleon',
  modelType: 'chameleon',
  modelClass: 'ChameleonForConditionalGeneration',
  canonicalName: (name) => (/^(?:model|lm_head)\./.test(name) ? name : undefined),
  findSpecialTokens: findChameleonTokens,
  hasChatTemplate: false,
  async readConfig(folder, options) {
    const config = await readChameleonConfig(folder);
    const { vq } = config;
    const crop = await readCropSettings(folder, vq);
    const latent = await readLatentConfig(folder, { ...options, releasedPatchesPerStep });
    return {
      text: config.text,
      trainedFor: latent.trainedFor,
      trained: latent.trained,
      statesTiedEmbeddings: config.statesTiedEmbeddings,
      files: [config.file, crop.file, ...(latent.file === null ? [] : [latent.file])],
      imageFields: { architecture: 'chameleon', vision: vq, image: crop.settings },
      validate: (source, text, limits) => validateChameleon(source, { text, vq }, limits),
      graphs: (text, precision) => chameleonGraphs({ text, vq }, precision),
      variants: (text, precision) => chameleonVariants({ text, vq }, precision),
      checkTokens: (tokens, file) => checkVocabulary(config, tokens, file),
    };
  },
};

/** The tokenizer's ids of image tokens and slots against those of the config's `vocabulary_map`. */
function checkVocabulary(
  { imageVocabulary, file: configFile }: ChameleonConfig,
  tokens: SpecialTokens,
  file: string,
): void {
  const named = 'imageTokens' in tokens && Array.isArray(tokens.imageTokens) ? (tokens.imageTokens as number[]) : [];
  const { tokenIds, slotId } = imageVocabulary;
  const entry = tokenIds.findIndex((id, index) => named[index] !== id);
  if (named.length === tokenIds.length && entry < 0 && tokens.imagePad === slotId) return;
  const [place, expected, found] =
    tokens.imagePad !== slotId
      ? ['<image>', slotId, tokens.imagePad]
      : [
          `codebook entry ${entry < 0 ? tokenIds.length : entry}`,
          tokenIds[entry] ?? 'none',
          named[Math.max(entry, 0)] ?? 'none',
        ];
  fail('malformed-tokenizer', 'The tokenizer does not fit the vocabulary map of the config.', {
    file,
    place,
    expected: `id ${expected}, as ${configFile} says`,
    found: `id ${found}`,
    action: 'Take tokenizer.json and config.json from the same model.',
  });
}
