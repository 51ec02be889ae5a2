/**
 * A cache as the decoder returned it, whole: on a device with memory of its own it never leaves that. What is
 * replaced is let go at once: a device has no garbage collector.
 *
 * Legend: B rows, P cached positions, Hkv, Dh. Heads first: [B, Hkv, P, Dh].
 */
import type { TextDimensions } from '../../shared/bundle.ts';
import { pastName, presentNames, type KeyValueCache } from './key-value-cache.ts';
import { int64, type FedTensor, type KeptTensor, type OnnxSession, type SessionOutputs } from './onnx-session.ts';

export class DeviceCache implements KeyValueCache {
  readonly #names: readonly string[];
  readonly #emptyDims: readonly number[];
  readonly #cacheRows: OnnxSession;
  /** Null: no position yet. */
  #tensors: readonly KeptTensor[] | null = null;

  /** @param cacheRows the graph that gathers rows. */
  constructor(text: TextDimensions, rowCount: number, cacheRows: OnnxSession) {
    this.#names = presentNames(text);
    this.#emptyDims = [rowCount, text.keyValueHeadCount, 0, text.headSize];
    this.#cacheRows = cacheRows;
  }

  feeds(): Record<string, FedTensor> {
    const empty = { data: new Float32Array(0), dims: this.#emptyDims };
    return Object.fromEntries(this.#names.map((name, index) => [pastName(name), this.#tensors?.[index] ?? empty]));
  }

  /** Takes the presents of a run in the place of what it was fed. */
  take(outputs: SessionOutputs): void {
    this.dispose();
    this.#tensors = this.#names.map((name) => outputs.kept(name));
  }

  async keep(rows: readonly number[]): Promise<void> {
    if (rows.length === 0) this.dispose();
    if (this.#tensors === null) return;
    this.take(await this.#cacheRows.run({ ...this.feeds(), rows: int64([rows.length], (index) => rows[index] ?? 0) }));
  }

  dispose(): void {
    for (const tensor of this.#tensors ?? []) tensor.dispose();
    this.#tensors = null;
  }
}
