/**
 * The token embedding table [V, D], looked up by row straight from its file in the checkpoint's own type: a 7B
 * model's table would take a gigabyte of memory, a prompt needs a few hundred rows of it.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import type { Bundle } from '../../shared/bundle.ts';
import { fail } from '../../shared/failure.ts';
import { failFromSystem } from '../files/io-failure.ts';

type TableType = Bundle['embeddings']['dtype'];
const bytesPerElement: Readonly<Record<TableType, number>> = { f32: 4, f16: 2, bf16: 2 };

export class EmbeddingTable {
  readonly #descriptor: number;
  readonly #path: string;
  readonly #dtype: TableType;
  readonly rowCount: number;
  readonly rowSize: number;
  readonly #row: Uint8Array;

  /** Fails: `missing-file`, `permission-denied`, `io`. */
  constructor(path: string, dtype: TableType, rowCount: number, rowSize: number) {
    this.#path = path;
    this.#dtype = dtype;
    this.rowCount = rowCount;
    this.rowSize = rowSize;
    this.#row = new Uint8Array(rowSize * bytesPerElement[dtype]);
    this.#descriptor = openFile(path);
  }

  /** Rows of the given token ids, [ids.length, D]. */
  lookup(tokenIds: readonly number[]): Float32Array {
    const result = new Float32Array(tokenIds.length * this.rowSize);
    for (const [position, tokenId] of tokenIds.entries()) {
      this.#readRow(tokenId, result.subarray(position * this.rowSize, (position + 1) * this.rowSize));
    }
    return result;
  }

  #readRow(tokenId: number, target: Float32Array): void {
    if (!Number.isInteger(tokenId) || tokenId < 0 || tokenId >= this.rowCount) {
      fail('malformed-tokenizer', `Token ${tokenId} has no row in the embedding table.`, {
        file: this.#path,
        expected: `0 to ${this.rowCount - 1}`,
        action: 'The tokenizer does not belong to this checkpoint: import the model with its own tokenizer.',
      });
    }
    const bytes = this.#row;
    const read = readSync(this.#descriptor, bytes, 0, bytes.length, tokenId * bytes.length);
    if (read !== bytes.length) {
      fail('malformed-bundle', 'The embedding table ends too early.', {
        file: this.#path,
        place: `row ${tokenId}`,
        action: 'Import the model again.',
      });
    }
    const view = new DataView(bytes.buffer);
    const bits = new Uint32Array(target.buffer, target.byteOffset, target.length);
    for (let i = 0; i < target.length; i++) {
      if (this.#dtype === 'bf16') bits[i] = view.getUint16(2 * i, true) << 16;
      else if (this.#dtype === 'f16') target[i] = view.getFloat16(2 * i, true);
      else target[i] = view.getFloat32(4 * i, true);
    }
  }

  dispose(): void {
    closeSync(this.#descriptor);
  }
}

function openFile(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    return failFromSystem(error, path);
  }
}
