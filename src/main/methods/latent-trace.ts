/**
 * Attention of a latent step's query row, split by kind of position: the numbers behind the paper's two attention
 * analyses (arXiv 2510.12603). With a the row's attention over its own positions, the four masses add up to 1.
 */
import type { AttentionMasses } from '../../shared/trace.ts';

export type PositionKind = 'image' | 'text' | 'latentVision' | 'latentText';

/** Sums of attention by kind; `attention` [T] and `kinds` [T] run over the same positions. */
export function attentionMasses(attention: Float32Array, kinds: readonly PositionKind[]): AttentionMasses {
  const sums: Record<PositionKind, number> = { image: 0, text: 0, latentVision: 0, latentText: 0 };
  for (const [position, kind] of kinds.entries()) sums[kind] += attention[position] ?? 0;
  return {
    visionMass: sums.image,
    textMass: sums.text,
    latentVisionMass: sums.latentVision,
    latentTextMass: sums.latentText,
  };
}

/** 1 - H(a over image slots, renormalised) / log J: 0 for even attention, 1 for a single slot. */
export function visionFocus(imageAttention: Float32Array): number {
  if (imageAttention.length < 2) return 1;
  let total = 0;
  for (const value of imageAttention) total += value;
  if (total <= 0) return 0;
  let entropy = 0;
  for (const value of imageAttention) if (value > 0) entropy -= (value / total) * Math.log(value / total);
  return 1 - entropy / Math.log(imageAttention.length);
}

/** Cosine similarity of two hidden states [D]. */
export function cosine(a: Float32Array, b: Float32Array): number {
  let product = 0;
  let squareA = 0;
  let squareB = 0;
  for (const [index, value] of a.entries()) {
    const other = b[index] ?? 0;
    product += value * other;
    squareA += value * value;
    squareB += other * other;
  }
  return product / Math.sqrt(squareA * squareB);
}
