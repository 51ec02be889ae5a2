/** All graphs of a Qwen2-VL bundle. */
import type { Precision, TextDimensions } from '../../../../shared/bundle.ts';
import type { CacheLayout } from '../../../builder/blocks/decoder-attention.ts';
import type { BundleGraphs, BundleVariants } from '../../../builder/bundle-graphs.ts';
import { cacheRows } from '../../../builder/decoder/cache-rows.ts';
import { decoder } from '../../../builder/decoder/decoder.ts';
import { languageModelHead } from '../../../builder/decoder/head.ts';
import type { Graph } from '../../../builder/graph/graph.ts';
import type { LinearEncoding } from '../../../builder/ops/linear.ts';
import { partEncodings } from '../../../builder/precision.ts';
import { qwen2VlAttention, type Qwen2VlDimensions } from '../checkpoint/tensors.ts';
import { qwen2VlVision } from './vision.ts';

export const qwen2VlDecoder = (text: TextDimensions, encoding: LinearEncoding, cacheLayout: CacheLayout): Graph =>
  decoder(text, { name: 'qwen2-vl-decoder', style: qwen2VlAttention, encoding, cacheLayout });

export const qwen2VlHead = (text: TextDimensions, encoding: LinearEncoding): Graph =>
  languageModelHead('qwen2-vl-head', text, encoding);

export function qwen2VlGraphs({ text, vision }: Qwen2VlDimensions, precision: Precision): BundleGraphs {
  const encodings = partEncodings[precision];
  return {
    vision: qwen2VlVision(vision, text, encodings.vision, 'fused'),
    decoder: qwen2VlDecoder(text, encodings.decoder, 'heads-first'),
    head: qwen2VlHead(text, encodings.head),
    'cache-rows': cacheRows('qwen2-vl-cache-rows', text),
  };
}

export function qwen2VlVariants({ text, vision }: Qwen2VlDimensions, precision: Precision): BundleVariants {
  const encodings = partEncodings[precision];
  return {
    'vision-written-out': { of: 'vision', graph: qwen2VlVision(vision, text, encodings.vision, 'written-out') },
    'decoder-appending': { of: 'decoder', graph: qwen2VlDecoder(text, encodings.decoder, 'positions-first') },
  };
}
