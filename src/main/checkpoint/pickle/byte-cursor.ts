/** Reads a pickle's bytes in order. Running past the end is the file's fault, never an exception of ours. */

/** Thrown by the pickle machine for bytes that are no sound pickle; `unpickle` turns it into a typed failure. */
export class PickleError extends Error {}

export class ByteCursor {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get position(): number {
    return this.#position;
  }

  get remaining(): number {
    return this.#bytes.length - this.#position;
  }

  take(length: number): Uint8Array {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  uint8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#advance(4), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  /** A length; those that no file has become larger than any file. */
  uint64(): number {
    return Number(this.#view.getBigUint64(this.#advance(8), true));
  }

  /** Big-endian, the one such number of the format. */
  float64(): number {
    return this.#view.getFloat64(this.#advance(8), false);
  }

  /** Two's complement, little-endian, as LONG1 and LONG4 hold integers. */
  signedInteger(length: number): number | bigint {
    // No dimension, offset or count needs more; Python would accept any size.
    if (length > 16) throw new PickleError(`an integer of ${length} bytes`);
    let value = 0n;
    const bytes = this.take(length);
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] ?? 0);
    const signed = BigInt.asIntN(length * 8, value);
    const number = Number(signed);
    return Number.isSafeInteger(number) ? number : signed;
  }

  text(length: number): string {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(this.take(length));
    } catch (error) {
      if (error instanceof TypeError) throw new PickleError('text that is not UTF-8');
      throw error;
    }
  }

  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#position);
    if (end < 0) throw new PickleError('a line without end');
    const text = this.text(end - this.#position);
    this.#position++;
    return text;
  }

  #advance(length: number): number {
    const start = this.#position;
    if (length > this.remaining) throw new PickleError(`an end after ${this.remaining} of ${length} bytes`);
    this.#position += length;
    return start;
  }
}
