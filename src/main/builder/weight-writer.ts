/**
 * Streams a checkpoint's tensors into a graph's external data file, a few megabytes at a time: memory stays the
 * same whatever the model's size. Rows are encoded while the next ones are read and the last ones written.
 */
import type { FileHandle } from 'node:fs/promises';
import { fail } from '../../shared/failure.ts';
import { dtypeSizes } from '../checkpoint/dtype.ts';
import { toFloat32 } from '../checkpoint/float-conversion.ts';
import { readStoredRows, type StoredRows } from '../checkpoint/row-reader.ts';
import type { TensorInfo, WeightSource } from '../checkpoint/weight-source.ts';
import type { ExternalLayout } from './graph/onnx-file.ts';
import type { Weight } from './graph/graph.ts';
import { chunkElements, type ChunkBuffer } from './chunk-buffers.ts';
import { blockSize, quantiseRows } from './quantise/blocks.ts';
import type { WeightErrorMeter } from './quantise/weight-error.ts';

export type WriteOptions = Readonly<{
  source: WeightSource;
  layout: ExternalLayout;
  file: FileHandle;
  /** Told about each chunk: bytes read from the checkpoint. */
  onBytes: (sourceBytes: number) => void;
  errors: WeightErrorMeter;
  /** The memory of the next chunk. */
  nextBuffer: () => ChunkBuffer;
  signal: AbortSignal;
}>;

/** Writes one weight into its place. */
export async function writeWeight(weight: Weight, options: WriteOptions): Promise<void> {
  const { source, onBytes, nextBuffer, signal } = options;
  const tensor = source.tensors.get(weight.tensor);
  if (tensor === undefined) throw new Error(`the checkpoint was validated but lacks ${weight.tensor}`);
  const rowCount = tensor.shape[0] ?? 1;
  const rowSize = tensor.elementCount / rowCount;
  const rowsPerChunk = Math.max(1, Math.floor(chunkElements / rowSize));
  const read = async (row: number): Promise<Chunk | null> => {
    if (row >= rowCount) return null;
    const buffer = nextBuffer();
    const count = Math.min(rowsPerChunk, rowCount - row);
    // A row longer than a chunk gets memory of its own.
    const into = rowSize > chunkElements ? undefined : buffer.stored();
    return { buffer, ...(await readStoredRows(source, weight.tensor, row, count, into)) };
  };
  const readChunk = (row: number): Promise<Chunk | null> => awaitedLater(read(row));
  let writing = Promise.resolve();
  let next = readChunk(0);
  try {
    for (let row = 0; row < rowCount; row += rowsPerChunk) {
      if (signal.aborted) fail('cancelled', 'The import was cancelled.');
      const chunk = await next;
      if (chunk === null) throw new Error(`no rows of ${weight.tensor} from ${row} on`);
      next = readChunk(row + rowsPerChunk);
      const write = encodeRows(weight, chunk, { tensor, row, rowSize }, options);
      // The disk takes the last rows while the next ones are encoded.
      await writing;
      writing = awaitedLater(write());
      onBytes((Math.min(rowsPerChunk, rowCount - row) / rowCount) * tensor.sizeBytes);
    }
    await writing;
  } finally {
    await Promise.allSettled([next, writing]);
  }
}

/** A failure meanwhile is no unhandled one: it counts when the promise is awaited. */
function awaitedLater<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => undefined);
  return promise;
}

type Chunk = StoredRows & Readonly<{ buffer: ChunkBuffer }>;
type Place = Readonly<{ tensor: TensorInfo; row: number; rowSize: number }>;

/** Encodes rows; what it returns writes them. */
function encodeRows(
  weight: Weight,
  { bytes, dtype, buffer }: Chunk,
  place: Place,
  { layout, file, errors }: WriteOptions,
): () => Promise<void> {
  const { row, rowSize } = place;
  if (weight.kind === 'blocks') {
    const { blocks, scales, sums } = quantiseRows(bytes, dtype, weight.columns, weight.bits);
    // A sum of squares that is not finite has a value in it that is not: float64 holds the square of any float32.
    if (!Number.isFinite(sums.squaredWeight)) checkFinite(toFloat32(bytes, dtype), place);
    errors.add(weight.tensor, sums);
    const blockCount = Math.ceil(weight.columns / blockSize);
    const rowBytes = (blockCount * blockSize * weight.bits) / 8;
    return async () => {
      await writeAt(file, blocks, offsetOf(layout, weight.blocks) + row * rowBytes);
      await writeAt(file, scales, offsetOf(layout, weight.scales) + row * blockCount * 4);
    };
  }
  const values = toFloat32(
    bytes,
    dtype,
    dtype === 'F32' ? undefined : buffer.float32(bytes.length / dtypeSizes[dtype]),
  );
  if (weight.kind === 'float32') {
    checkFinite(values, place);
    return () => writeAt(file, values, offsetOf(layout, weight.target) + row * rowSize * 4);
  }
  const halves = buffer.float16(values.length);
  halves.set(values);
  checkRange(halves, values, place);
  return () => writeAt(file, halves, offsetOf(layout, weight.target) + row * rowSize * 2);
}

/** A NaN or infinity in a weight makes every answer nonsense: refused, with its place. */
function checkFinite(values: Float32Array, { tensor, row, rowSize }: Place): void {
  // x * 0 is 0 for every finite x and NaN otherwise: one multiplication and addition for each value.
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] as number) * 0;
  if (sum === 0) return;
  const index = values.findIndex((value) => !Number.isFinite(value));
  fail('malformed-checkpoint', `${tensor.name} holds a value that is not a finite number.`, {
    file: tensor.file,
    place: `tensor ${tensor.name}, row ${row + Math.floor(index / rowSize)}`,
    expected: 'finite numbers',
    found: String(values[index]),
    action: 'The checkpoint is damaged or its training diverged: use another one.',
  });
}

/** Exponent of a float16 that is infinite (or no number). */
const infiniteExponent = 0x7c00;

/** A finite weight that float16 cannot hold would become an infinity; one that is not finite shows here too. */
function checkRange(halves: Float16Array<ArrayBuffer>, values: Float32Array, place: Place): void {
  const bits = new Uint16Array(halves.buffer, halves.byteOffset, halves.length);
  let index = 0;
  while (index < bits.length && ((bits[index] as number) & infiniteExponent) !== infiniteExponent) index++;
  if (index === bits.length) return;
  checkFinite(values, place);
  const { tensor, row, rowSize } = place;
  fail('unsupported-dtype', `${tensor.name} holds a value that float16 cannot hold.`, {
    place: `tensor ${tensor.name}, row ${row + Math.floor(index / rowSize)}`,
    expected: 'values between -65,504 and 65,504',
    found: String(values[index]),
    action: 'Import the model as f32, int8 or int4.',
  });
}

function offsetOf(layout: ExternalLayout, name: string): number {
  const offset = layout.offsets.get(name);
  if (offset === undefined) throw new Error(`${name} has no place in the data file`);
  return offset;
}

/** Writes all of an array at a byte offset; a full disk is a typed failure. */
export async function writeAt(
  file: FileHandle,
  values: Uint8Array | Float16Array | Float32Array,
  offset: number,
): Promise<void> {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, offset + done);
    done += bytesWritten;
  }
}
