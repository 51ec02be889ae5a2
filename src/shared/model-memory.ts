/**
 * Memory that an engine takes at its peak, from a model's dimensions alone: its graphs' weights, once more the largest
 * of them (the runtime packs each weight while the original is still there), caches and activations of the questions
 * in a batch, and the process itself. Within 10 % of the peaks that bench/results/import.json measured.
 */
import { precisions, type Bundle, type Precision, type TextDimensions } from './bundle.ts';

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
  return Math.round(processBytes + sizes.weightBytes + sizes.largestWeightBytes + batchSize * questionBytes(text));
}

const embeddingElementBytes: Readonly<Record<Bundle['embeddings']['dtype'], number>> = { f32: 4, f16: 2, bf16: 2 };

/** What of a bundle the formula takes. */
export type SizedBundle = Pick<Bundle, 'text' | 'sizeBytes' | 'embeddings' | 'precision'>;

/** Weights of an imported model's graphs: what has to lie in the device's memory whatever is asked. */
export function bundleWeightBytes({ text, sizeBytes, embeddings }: SizedBundle): number {
  return sizeBytes - text.vocabularySize * text.hiddenSize * embeddingElementBytes[embeddings.dtype];
}

/** Memory of an engine with an imported model. */
export function bundleMemoryBytes(bundle: SizedBundle, batchSize: number): number {
  const { text, precision } = bundle;
  const elements = text.vocabularySize * text.hiddenSize;
  // The head: 8 bits and a scale for each 32 of them where it is quantised.
  const largestWeightBytes = elements * (precision === 'f32' ? 4 : 1 + 4 / 32);
  return engineBytes({ weightBytes: bundleWeightBytes(bundle), largestWeightBytes }, text, batchSize);
}

/** Bytes of a weight, scales included: one for each 32 elements where it is quantised. */
const weightElementBytes: Readonly<Record<Precision, number>> = {
  f32: 4,
  f16: 2,
  int8: 1 + 4 / 32,
  int4: 0.5 + 4 / 32,
};

/**
 * The most exact of the smaller precisions in which one question of this model would need no more than `memoryBytes`;
 * null: none would. Some weights are kept wider than their precision says, so it is an estimate.
 */
export function fittingPrecision(
  bundle: SizedBundle,
  memoryBytes: number,
  among: readonly Precision[] = precisions,
): Precision | null {
  const elements = bundleWeightBytes(bundle) / weightElementBytes[bundle.precision];
  const smaller = among.filter((each) => weightElementBytes[each] < weightElementBytes[bundle.precision]);
  const needed = (precision: Precision): number => {
    const saved = elements * (weightElementBytes[bundle.precision] - weightElementBytes[precision]);
    return bundleMemoryBytes({ ...bundle, precision, sizeBytes: bundle.sizeBytes - saved }, 1);
  };
  return smaller.find((precision) => needed(precision) <= memoryBytes) ?? null;
}
