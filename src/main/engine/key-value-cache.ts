/**
 * Keys and values of a batch's positions, layer by layer, as the decoder returned them: in main memory, or in the
 * memory of a device that has its own. What is replaced is let go at once: a device has no garbage collector.
 *
 * Legend: B rows, P cached positions, L layers, Hkv, Dh.
 */
import type { TextDimensions } from '../../shared/bundle.ts';
import { int64, type FedTensor, type KeptTensor, type OnnxSession, type SessionOutputs } from './onnx-session.ts';

/** Names of the decoder's outputs that are fed back. */
export function presentNames({ layerCount }: Pick<TextDimensions, 'layerCount'>): string[] {
  return Array.from({ length: layerCount }, (_, layer) => [`present.${layer}.key`, `present.${layer}.value`]).flat();
}

export class KeyValueCache {
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

  /** The decoder's inputs. */
  feeds(): Record<string, FedTensor> {
    const empty = { data: new Float32Array(0), dims: this.#emptyDims };
    return Object.fromEntries(
      this.#names.map((name, index) => [name.replace('present', 'past_key_values'), this.#tensors?.[index] ?? empty]),
    );
  }

  /** Takes the presents of a run in the place of what it was fed. */
  replace(outputs: SessionOutputs): void {
    this.dispose();
    this.#tensors = this.#names.map((name) => outputs.kept(name));
  }

  /** Keeps these rows, in this order. */
  async keep(rows: readonly number[]): Promise<void> {
    if (rows.length === 0) this.dispose();
    if (this.#tensors === null) return;
    this.replace(
      await this.#cacheRows.run({ ...this.feeds(), rows: int64([rows.length], (index) => rows[index] ?? 0) }),
    );
  }

  dispose(): void {
    for (const tensor of this.#tensors ?? []) tensor.dispose();
    this.#tensors = null;
  }
}
