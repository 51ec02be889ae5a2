/** Batches that turned out to be too large for a model on a device: later runs begin with what was left of them. */
import type { OnnxDevice } from '../engine/devices.ts';

export type BatchLimits = Readonly<{
  /** The most questions that are worth asking together; null: nothing was found out. */
  read: (fingerprint: string, device: OnnxDevice) => Promise<number | null>;
  keep: (fingerprint: string, device: OnnxDevice, limit: number) => Promise<void>;
}>;

/** Kept as long as this process lives. */
export function createBatchLimits(): BatchLimits {
  const limits = new Map<string, number>();
  const keyOf = (fingerprint: string, device: OnnxDevice): string => `${device} ${fingerprint}`;
  return {
    read: async (fingerprint, device) => limits.get(keyOf(fingerprint, device)) ?? null,
    keep: async (fingerprint, device, limit) => void limits.set(keyOf(fingerprint, device), limit),
  };
}
