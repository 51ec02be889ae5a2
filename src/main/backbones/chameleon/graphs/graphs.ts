/** All graphs of a Chameleon bundle. */
import type { Precision, TextDimensions } from '../../../../shared/bundle.ts';
import type { CacheLayout } from '../../../builder/blocks/decoder-attention.ts';
import type { BundleGraphs, BundleVariants } from '../../../builder/bundle-graphs.ts';
import { cacheRows } from '../../../builder/decoder/cache-rows.ts';
import { decoder } from '../../../builder/decoder/decoder.ts';
import { languageModelHead } from '../../../builder/decoder/head.ts';
import type { Graph } from '../../../builder/graph/graph.ts';
import { partEncodings } from '../../../builder/precision.ts';
import { chameleonAttention, type ChameleonDimensions } from '../checkpoint/tensors.ts';
import { chameleonImageTokenizer } from './image-tokenizer.ts';
import type { LinearEncoding } from '../../../builder/ops/linear.ts';

export const chameleonDecoder = (text: TextDimensions, encoding: LinearEncoding, cacheLayout: CacheLayout): Graph =>
  decoder(text, { name: 'chameleon-decoder', style: chameleonAttention, encoding, cacheLayout });

export const chameleonHead = (text: TextDimensions, encoding: LinearEncoding): Graph =>
  languageModelHead('chameleon-head', text, encoding);

export function chameleonGraphs({ text, vq }: ChameleonDimensions, precision: Precision): BundleGraphs {
  const encodings = partEncodings[precision];
  return {
    'image-tokenizer': chameleonImageTokenizer(vq),
    decoder: chameleonDecoder(text, encodings.decoder, 'heads-first'),
    head: chameleonHead(text, encodings.head),
    'cache-rows': cacheRows('chameleon-cache-rows', text),
  };
}

export function chameleonVariants({ text }: ChameleonDimensions, precision: Precision): BundleVariants {
  const encoding = partEncodings[precision].decoder;
  return { 'decoder-appending': { of: 'decoder', graph: chameleonDecoder(text, encoding, 'positions-first') } };
}
