/**
 * How many questions to answer together on the CPU. Batches share the reading of the weights while answers are
 * decoded; beyond a few rows nothing is gained, and each row costs its cache and its activations.
 */
import { freemem } from 'node:os';
import type { Bundle } from '../../shared/bundle.ts';

const largestCpuBatch = 8;
/** Positions assumed for one question: prompt, latent steps and answer. */
const assumedPositions = 1024;
/** Share of the free memory that a batch may take. */
const memoryShare = 0.25;

/** Questions in one batch, at least 1. */
export function suggestBatchSize({ text }: Bundle, freeBytes: number = freemem()): number {
  const cacheBytes = 2 * text.layerCount * text.keyValueHeadCount * text.headSize * assumedPositions * 4;
  // Old and new cache exist side by side for a moment; the widest activation and one layer's scores come on top.
  const activationBytes = assumedPositions * (2 * text.intermediateSize + text.headCount * assumedPositions) * 4;
  const rowBytes = 2 * cacheBytes + activationBytes + text.vocabularySize * 4;
  return Math.max(1, Math.min(largestCpuBatch, Math.floor((freeBytes * memoryShare) / rowBytes)));
}
