/**
 * How many questions to answer together. Batches share the reading of the weights, and on a device with its own memory
 * the cost of starting each operation; each row costs its cache and its activations. On the processor beyond a few
 * rows nothing is gained. Where the formula is too generous, the batch that failed is halved and its size kept
 * (src/main/runs/batch-limits.ts).
 */
import { freemem } from 'node:os';
import type { Bundle } from '../../shared/bundle.ts';
import { bundleMemoryBytes, questionBytes } from '../../shared/model-memory.ts';
import type { OnnxDevice } from './devices.ts';

const largestCpuBatch = 8;
const largestDeviceBatch = 64;
/** Share of the free memory that a batch may take. */
const freeShare = 0.25;
/** Share of a device's memory that this program may take: the screen and other programs have theirs. */
const deviceShare = 0.8;
/** For the questions of a batch on a device whose memory nobody tells; the weights fit, or the model had not loaded. */
const unknownDeviceBytes = 2 * 2 ** 30;

export type BatchMemory = Readonly<{
  device: OnnxDevice;
  /** The device's own memory, all of it; null: not known, or main memory. */
  deviceMemoryBytes: number | null;
  /** Main memory. */
  freeBytes?: number;
  /** Engines that share the memory, this one included; absent: it is alone. */
  sharingCount?: number;
}>;

/** Questions in one batch, at least 1. */
export function suggestBatchSize(
  bundle: Pick<Bundle, 'text' | 'sizeBytes' | 'embeddings' | 'precision'>,
  { device, deviceMemoryBytes, freeBytes = freemem(), sharingCount = 1 }: BatchMemory,
): number {
  const each = questionBytes(bundle.text);
  if (device === 'cpu') return between(largestCpuBatch, (freeBytes * freeShare) / sharingCount / each);
  if (deviceMemoryBytes === null) return between(largestDeviceBatch, unknownDeviceBytes / sharingCount / each);
  const ownBytes = (deviceMemoryBytes * deviceShare) / sharingCount;
  return between(largestDeviceBatch, (ownBytes - bundleMemoryBytes(bundle, 0)) / each);
}

const between = (most: number, count: number): number => Math.max(1, Math.min(most, Math.floor(count)));
