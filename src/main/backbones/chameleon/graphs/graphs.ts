/** The language model's graphs of a Chameleon bundle. */
import type { TextDimensions } from '../../../../shared/bundle.ts';
import type { CacheLayout } from '../../../builder/blocks/decoder-attention.ts';
import { decoder } from '../../../builder/decoder/decoder.ts';
import { languageModelHead } from '../../../builder/decoder/head.ts';
import type { Graph } from '../../../builder/graph/graph.ts';
import { chameleonAttention } from '../checkpoint/tensors.ts';
import type { LinearEncoding } from '../../../builder/ops/linear.ts';

export const chameleonDecoder = (text: TextDimensions, encoding: LinearEncoding, cacheLayout: CacheLayout): Graph =>
  decoder(text, { name: 'chameleon-decoder', style: chameleonAttention, encoding, cacheLayout });

export const chameleonHead = (text: TextDimensions, encoding: LinearEncoding): Graph =>
  languageModelHead('chameleon-head', text, encoding);
