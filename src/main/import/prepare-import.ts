/** A checkpoint opened for an import: its tensors and tokenizer, and the graphs that a precision makes of it. */
import type { Precision } from '../../shared/bundle.ts';
import { resolveModelFolder } from '../checkpoint/model-folder.ts';
import { openQwen2VlCheckpoint, type Qwen2VlCheckpoint } from './open-checkpoint.ts';
import type { Qwen2VlDimensions } from '../backbones/qwen2-vl/checkpoint/tensors.ts';
import type { Graph } from '../builder/graph/graph.ts';
import { qwen2VlCacheRows } from '../builder/decoder/cache-rows.ts';
import { qwen2VlDecoder } from '../builder/decoder/decoder.ts';
import { qwen2VlHead } from '../builder/decoder/head.ts';
import { qwen2VlVision } from '../backbones/qwen2-vl/graphs/vision.ts';
import { partEncodings } from '../builder/precision.ts';
import { readTokenizerFiles, type TokenizerParts } from '../builder/tokenizer-files.ts';

export type CheckpointChoice = Readonly<{
  /** Hugging Face folder, or Hub cache snapshot. */
  source: string;
  /** Released `model.pth` or a PEFT adapter folder. */
  adapter?: string | undefined;
  loraAlpha?: number | undefined;
}>;

export type PreparedImport = Readonly<{
  /** Open: whoever prepared closes its `source`. */
  checkpoint: Qwen2VlCheckpoint;
  tokenizer: TokenizerParts;
  /** Every file that makes the model what it is, for its fingerprint. */
  files: readonly string[];
}>;

export type BundleGraphs = Readonly<Record<'vision' | 'decoder' | 'head' | 'cache-rows', Graph>>;

export type BundleVariants = Readonly<
  Record<'vision-written-out' | 'decoder-appending', Readonly<{ of: keyof BundleGraphs; graph: Graph }>>
>;

/** Opens and checks; reads headers and settings, no weights. Fails with every kind that checkpoints have. */
export async function prepareImport({ source, adapter, loraAlpha }: CheckpointChoice): Promise<PreparedImport> {
  const { folder } = await resolveModelFolder(source);
  const plainTokenizer = await readTokenizerFiles(folder, false);
  const checkpoint = await openQwen2VlCheckpoint({
    folder: source,
    adapter,
    loraAlpha,
    tokenizerLength: plainTokenizer.vocabularySize,
  });
  try {
    const isLatent = checkpoint.config.trainedFor.method === 'ivt-lr';
    const tokenizer = isLatent ? await readTokenizerFiles(folder, true) : plainTokenizer;
    return { checkpoint, tokenizer, files: [...new Set([...checkpoint.files, ...tokenizer.files])] };
  } catch (error) {
    await checkpoint.source.close();
    throw error;
  }
}

/** Graphs over another graph's weights. */
export function bundleVariants({ text, vision }: Qwen2VlDimensions, precision: Precision): BundleVariants {
  const encodings = partEncodings[precision];
  return {
    'vision-written-out': { of: 'vision', graph: qwen2VlVision(vision, text, encodings.vision, 'written-out') },
    'decoder-appending': { of: 'decoder', graph: qwen2VlDecoder(text, encodings.decoder, 'positions-first') },
  };
}

export function bundleGraphs({ text, vision }: Qwen2VlDimensions, precision: Precision): BundleGraphs {
  const encodings = partEncodings[precision];
  return {
    vision: qwen2VlVision(vision, text, encodings.vision, 'fused'),
    decoder: qwen2VlDecoder(text, encodings.decoder, 'heads-first'),
    head: qwen2VlHead(text, encodings.head),
    'cache-rows': qwen2VlCacheRows(text),
  };
}
