/**
 * Memory for the chunks of an import, used again and again: fresh memory for each chunk costs the system more time
 * to clear than the chunk's encoding takes. Three sets, because one chunk is read while another one is encoded and
 * a third one is still being written.
 */

/** Elements of a chunk: 8 MiB of float32. */
export const chunkElements = 2 * 1024 * 1024;

export type ChunkBuffer = Readonly<{
  /** As stored. */
  stored: () => Uint8Array<ArrayBuffer>;
  float32: (length: number) => Float32Array<ArrayBuffer>;
  float16: (length: number) => Float16Array<ArrayBuffer>;
}>;

/** Buffers in turn, each made when it is first wanted; what is longer than a chunk gets memory of its own. */
export function createChunkBuffers(): () => ChunkBuffer {
  const sets = Array.from({ length: 3 }, createBuffer);
  let turn = 0;
  return () => {
    turn = (turn + 1) % sets.length;
    return sets[turn] as ChunkBuffer;
  };
}

function createBuffer(): ChunkBuffer {
  const once = (bytes: number): (() => ArrayBuffer) => {
    let buffer: ArrayBuffer | undefined;
    return () => (buffer ??= new ArrayBuffer(bytes));
  };
  const stored = once(4 * chunkElements);
  const float32 = once(4 * chunkElements);
  const float16 = once(2 * chunkElements);
  return {
    stored: () => new Uint8Array(stored()),
    float32: (length) => (length > chunkElements ? new Float32Array(length) : new Float32Array(float32(), 0, length)),
    float16: (length) => (length > chunkElements ? new Float16Array(length) : new Float16Array(float16(), 0, length)),
  };
}
