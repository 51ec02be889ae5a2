/**
 * Memory that an engine takes at its peak, from a model's dimensions alone: its graphs' weights, once more the largest
 * of them (the runtime packs each weight while the original is still there), caches and activations of the questions
 * in a batch, and the process itself. Within 10 % of the peaks that bench/results/import.json measured.
 */
import type { Bundle, TextDimensions } from './bundle.ts';

/** Positions assumed for one question: prompt, latent steps and answer. */
const assumedPositions = 1024;
/** The process with runtime and tokenizer, before any model. */
const processBytes = 350e6;

/** Caches and activations of one question of a batch. */
export function questionBytes(
  text: Pick<
    TextDimensions,
    'layerCount' | 'keyValueHeadCount' | 'headSize' | 'headCount' | 'intermediateSize' | 'vocabularySize'
  >,
): number {
  const cacheBytes = 2 * text.layerCount * text.keyValueHeadCount * text.headSize * assumedPositions * 4;
  // Old and new cache exist side by side for a moment; the widest activation and one layer's scores come on top.
  const activationBytes = assumedPositions * (2 * text.intermediateSize + text.headCount * assumedPositions) * 4;
  return 2 * cacheBytes + activationBytes + text.vocabularySize * 4;
}

/** @param weightBytes of the graphs (embeddings stay in their file); @param largestWeightBytes of one weight in them */
export function engineBytes(
  sizes: Readonly<{ weightBytes: number; largestWeightBytes: number }>,
  text: TextDimensions,
  batchSize: number,
): number {
  return Math.round(
    processBytes + sizes.weightBytes + sizes.largestWeightBytes + Math.max(1, batchSize) * questionBytes(text),
  );
}

const embeddingElementBytes: Readonly<Record<Bundle['embeddings']['dtype'], number>> = { f32: 4, f16: 2, bf16: 2 };

/** The same for an imported model. */
export function bundleMemoryBytes(
  { text, sizeBytes, embeddings, precision }: Pick<Bundle, 'text' | 'sizeBytes' | 'embeddings' | 'precision'>,
  batchSize: number,
): number {
  const elements = text.vocabularySize * text.hiddenSize;
  const weightBytes = sizeBytes - elements * embeddingElementBytes[embeddings.dtype];
  // The head: 8 bits and a scale for each 32 of them where it is quantised.
  const largestWeightBytes = elements * (precision === 'f32' ? 4 : 1 + 4 / 32);
  return engineBytes({ weightBytes, largestWeightBytes }, text, batchSize);
}
