/**
 * Says of a model that does not fit what it needs for one question, what there is, and which precision would fit.
 * The numbers are the formula's (shared/model-memory.ts).
 */
import { freemem, totalmem } from 'node:os';
import { precisions } from '../../shared/bundle.ts';
import { fail, type Failure } from '../../shared/failure.ts';
import { bundleMemoryBytes, bundleWeightBytes, fittingPrecision, type SizedBundle } from '../../shared/model-memory.ts';
import type { OnnxDevice } from '../engine/devices.ts';

export type MemoryThere = Readonly<{
  device: OnnxDevice;
  /** All memory that the model could have; null: not known. */
  totalBytes: number | null;
  /** Of it now; null: not known. */
  freeBytes: number | null;
}>;

/** @param deviceMemoryBytes of a device with its own memory; null: not known */
export function memoryThere(device: OnnxDevice, deviceMemoryBytes: number | null): MemoryThere {
  if (device !== 'cpu') return { device, totalBytes: deviceMemoryBytes, freeBytes: null };
  // A container may have less than the machine.
  const allowed = process.constrainedMemory();
  const totalBytes = allowed > 0 ? Math.min(totalmem(), allowed) : totalmem();
  return { device, totalBytes, freeBytes: Math.min(freemem(), totalBytes) };
}

/** Refuses with `out-of-memory` a model whose weights alone are more than there is at all. */
export function refuseTooLarge(bundle: SizedBundle, { totalBytes }: MemoryThere): void {
  if (totalBytes === null || bundleWeightBytes(bundle) <= totalBytes) return;
  fail('out-of-memory', 'The model is larger than the memory.');
}

/** The failure with numbers in the place of general advice. */
export function explainShortage(failure: Failure, bundle: SizedBundle, there: MemoryThere): Failure {
  const needed = bundleMemoryBytes(bundle, 1);
  const { device, totalBytes, freeBytes } = there;
  const parts = [
    ...(freeBytes === null ? [] : [`${gigabytes(freeBytes)} free`]),
    totalBytes === null ? `unknown memory of ${device}` : `${gigabytes(totalBytes)} in all`,
    ...(failure.found === undefined || failure.found === '' ? [] : [failure.found]),
  ];
  return {
    ...failure,
    expected: `about ${gigabytes(needed)} for one question in ${bundle.precision}`,
    found: parts.join('; '),
    action: remedy(bundle, there),
  };
}

/** Free memory as a multiple of what one question needs, from which on a smaller precision is no advice. */
const roomy = 3;

function remedy(bundle: SizedBundle, { device, totalBytes, freeBytes }: MemoryThere): string {
  const bytes = freeBytes ?? totalBytes;
  // The dead engine's memory is free by now; so much of it speaks for a batch, or for something else that ended it.
  if (freeBytes !== null && freeBytes > roomy * bundleMemoryBytes(bundle, 1))
    return 'Resume the run. If it ends in this way again, use a smaller batch size or fewer engines.';
  if (bytes === null) return 'Import the model with a lower precision, or choose another device.';
  // On the processor half precision saves nothing: it computes with single.
  const among = device === 'cpu' ? precisions.filter((precision) => precision !== 'f16') : precisions;
  const fitting = fittingPrecision(bundle, bytes, among);
  if (fitting !== null) return `Import the model in ${fitting}, which would fit, or choose another device.`;
  if (totalBytes !== null && bundleMemoryBytes(bundle, 1) <= totalBytes) return 'Close other programs.';
  return 'No precision would fit: use a smaller model, another device, or a machine with more memory.';
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
