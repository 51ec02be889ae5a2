/**
 * Keys and values of a batch's positions, layer by layer: what the decoder is fed of the past, and what becomes of
 * what it returns. Kept where the device has them (device-cache.ts), or in main memory (host-cache.ts).
 */
import type { TextDimensions } from '../../shared/bundle.ts';
import type { FedTensor, SessionOutputs } from './onnx-session.ts';

export type KeyValueCache = Readonly<{
  /** The decoder's inputs. */
  feeds: () => Record<string, FedTensor>;
  /** Takes what a run returned for its new positions. */
  take: (outputs: SessionOutputs) => void;
  /** Keeps these rows, in this order. */
  keep: (rows: readonly number[]) => Promise<void>;
  dispose: () => void;
}>;

/** Names of the decoder's outputs that become part of the cache. */
export function presentNames({ layerCount }: Pick<TextDimensions, 'layerCount'>): string[] {
  return Array.from({ length: layerCount }, (_, layer) => [`present.${layer}.key`, `present.${layer}.value`]).flat();
}

/** The input that such an output is fed back as. */
export const pastName = (presentName: string): string => presentName.replace('present', 'past_key_values');
