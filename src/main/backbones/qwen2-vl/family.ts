/** Qwen2-VL as an import sees it. */
import { findSpecialTokens } from '../../vlm/special-tokens.ts';
import type { Family } from '../family.ts';
import { readQwen2VlConfig } from './checkpoint/config.ts';
import { canonicalQwen2VlName } from './checkpoint/names.ts';
import { validateQwen2Vl } from './checkpoint/tensors.ts';
import { qwen2VlGraphs, qwen2VlVariants } from './graphs/graphs.ts';

export const qwen2VlFamily: Family = {
  architecture: 'qwen2-vl',
  name: 'Qwen2-VL',
  modelType: 'qwen2_vl',
  modelClass: 'Qwen2VLForConditionalGeneration',
  canonicalName: canonicalQwen2VlName,
  findSpecialTokens,
  hasChatTemplate: true,
  async readConfig(folder, options) {
    const config = await readQwen2VlConfig(folder, options);
    const { vision, image } = config;
    return {
      ...config,
      imageFields: { architecture: 'qwen2-vl', vision, image },
      validate: (source, text, limits) => validateQwen2Vl(source, { text, vision }, limits),
      graphs: (text, precision) => qwen2VlGraphs({ text, vision }, precision),
      variants: (text, precision) => qwen2VlVariants({ text, vision }, precision),
      // The tokenizer is what counts; the config's ids are not read.
      checkTokens: () => undefined,
    };
  },
};
