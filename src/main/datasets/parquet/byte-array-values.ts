/**
 * The byte-array values of a page's PLAIN part: each a 4-byte length and the bytes. Their places are found one
 * after the other and remembered, so that later images of the page are reached at once.
 */
import type { PageContent } from './page-content.ts';

export interface ByteArrayValues {
  /** The value at an ordinal among the values that are there. Throws an `Error` beyond them. */
  read(ordinal: number): Promise<Uint8Array>;
  /** Its length, without reading it. */
  size(ordinal: number): Promise<number>;
}

type Place = Readonly<{ from: number; to: number }>;

/** Values start at byte `start` of the content. */
export function createByteArrayValues(content: PageContent, start: number): ByteArrayValues {
  /** `offsets[i]`: where value i's length stands; one more than the lengths known. */
  const offsets: number[] = [start];
  /** Of several who look, each goes on from where the one before has come to. */
  let queue: Promise<unknown> = Promise.resolve();
  const locate = (ordinal: number): Promise<Place> => {
    const found = queue.then(() => walkTo(ordinal));
    queue = found.catch(() => undefined);
    return found;
  };
  const walkTo = async (ordinal: number): Promise<Place> => {
    while (offsets.length < ordinal + 2) {
      const at = offsets.at(-1) ?? start;
      const lengthBytes = await content.read(at, at + 4);
      const length = new DataView(lengthBytes.buffer, lengthBytes.byteOffset, 4).getUint32(0, true);
      if (at + 4 + length > content.sizeBytes) throw new Error('a value beyond the end of its page');
      offsets.push(at + 4 + length);
    }
    return { from: (offsets[ordinal] ?? start) + 4, to: offsets[ordinal + 1] ?? start };
  };
  return {
    async read(ordinal) {
      const { from, to } = await locate(ordinal);
      return content.read(from, to);
    },
    async size(ordinal) {
      const { from, to } = await locate(ordinal);
      return to - from;
    },
  };
}
