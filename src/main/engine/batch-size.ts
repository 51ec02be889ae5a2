/**
 * How many questions to answer together on the CPU. Batches share the reading of the weights while answers are
 * decoded; beyond a few rows nothing is gained, and each row costs its cache and its activations.
 */
import { freemem } from 'node:os';
import type { Bundle } from '../../shared/bundle.ts';
import { questionBytes } from '../../shared/model-memory.ts';

const largestCpuBatch = 8;
/** Share of the free memory that a batch may take. */
const memoryShare = 0.25;

/** Questions in one batch, at least 1. */
export function suggestBatchSize({ text }: Bundle, freeBytes: number = freemem()): number {
  return Math.max(1, Math.min(largestCpuBatch, Math.floor((freeBytes * memoryShare) / questionBytes(text))));
}
