/**
 * A cache in main memory. The decoder returns the keys and values of the new positions alone, and they are appended
 * behind the others in place: nothing of the past is copied, or comes back over a bus, with every token. Buffers are
 * freed at once: to the garbage collector a gigabyte of them would look like a few small objects.
 *
 * Legend: B rows, P cached positions, S new ones, Hkv, Dh. Positions first: [P, B, Hkv, Dh].
 */
import type { TextDimensions } from '../../shared/bundle.ts';
import { pastName, presentNames, type KeyValueCache } from './key-value-cache.ts';
import type { FedTensor, SessionOutputs } from './onnx-session.ts';

/** Positions that a buffer which became too small has room for beyond what it needs. */
const sparePositions = 64;

export class HostCache implements KeyValueCache {
  readonly #names: readonly string[];
  readonly #headCount: number;
  readonly #headSize: number;
  #rowCount: number;
  /** P */
  #count = 0;
  /** [room, B, Hkv, Dh], the first P positions in use. */
  #buffers: Float32Array[];

  constructor(text: TextDimensions, rowCount: number) {
    this.#names = presentNames(text);
    this.#headCount = text.keyValueHeadCount;
    this.#headSize = text.headSize;
    this.#rowCount = rowCount;
    this.#buffers = this.#names.map(() => new Float32Array(0));
  }

  feeds(): Record<string, FedTensor> {
    const dims = [this.#count, this.#rowCount, this.#headCount, this.#headSize];
    const used = this.#count * this.#positionSize();
    return Object.fromEntries(
      this.#names.map((name, index) => [
        pastName(name),
        { data: this.#buffers[index]?.subarray(0, used) ?? new Float32Array(0), dims },
      ]),
    );
  }

  take(outputs: SessionOutputs): void {
    const size = this.#positionSize();
    const used = this.#count * size;
    let taken = 0;
    this.#buffers = this.#buffers.map((buffer, index) => {
      const present = outputs.values(this.#names[index] ?? '').data;
      const roomy =
        used + present.length <= buffer.length
          ? buffer
          : moved(buffer.subarray(0, used), used + present.length + sparePositions * size);
      roomy.set(present, used);
      taken = present.length / size;
      free(present);
      return roomy;
    });
    this.#count += taken;
  }

  keep(rows: readonly number[]): Promise<void> {
    const size = this.#headCount * this.#headSize;
    const before = this.#rowCount;
    this.#rowCount = rows.length;
    this.#buffers = this.#buffers.map((buffer) => {
      const kept = new Float32Array(this.#count * rows.length * size);
      let to = 0;
      for (let position = 0; position < this.#count; position++) {
        for (const row of rows) {
          const from = (position * before + row) * size;
          kept.set(buffer.subarray(from, from + size), to);
          to += size;
        }
      }
      free(buffer);
      return kept;
    });
    return Promise.resolve();
  }

  dispose(): void {
    for (const buffer of this.#buffers) free(buffer);
    this.#buffers = [];
  }

  /** Numbers of one position of all rows. */
  #positionSize(): number {
    return this.#rowCount * this.#headCount * this.#headSize;
  }
}

/** The same numbers at the start of a larger buffer. */
function moved(values: Float32Array, length: number): Float32Array {
  const larger = new Float32Array(length);
  larger.set(values);
  free(values);
  return larger;
}

/** Gives memory back now; the array is empty afterwards. */
function free({ buffer }: Float32Array): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}
