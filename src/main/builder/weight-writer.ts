/**
 * Streams a checkpoint's tensors into a graph's external data file, a few megabytes at a time: memory stays the
 * same whatever the model's size. Reading the next rows overlaps with encoding the last ones.
 */
import type { FileHandle } from 'node:fs/promises';
import { fail } from '../../shared/failure.ts';
import { readRowsAsFloat32 } from '../checkpoint/row-reader.ts';
import type { WeightSource } from '../checkpoint/weight-source.ts';
import type { ExternalLayout } from './graph/onnx-file.ts';
import type { Weight } from './graph/graph.ts';
import { quantiseRows } from './quantise/blocks.ts';
import { blockErrorSums, type WeightErrorMeter } from './quantise/weight-error.ts';

/** Elements held at once: 8 MiB of float32. */
const chunkElements = 2 * 1024 * 1024;

export type WriteOptions = Readonly<{
  source: WeightSource;
  layout: ExternalLayout;
  file: FileHandle;
  /** Told about each chunk: bytes read from the checkpoint. */
  onBytes: (sourceBytes: number) => void;
  errors: WeightErrorMeter;
  signal: AbortSignal;
}>;

/** Writes one weight into its place. */
export async function writeWeight(weight: Weight, options: WriteOptions): Promise<void> {
  const { source, onBytes, signal } = options;
  const tensor = source.tensors.get(weight.tensor);
  if (tensor === undefined) throw new Error(`the checkpoint was validated but lacks ${weight.tensor}`);
  const rowCount = tensor.shape[0] ?? 1;
  const rowSize = tensor.elementCount / rowCount;
  const rowsPerChunk = Math.max(1, Math.floor(chunkElements / rowSize));
  const readChunk = (row: number) =>
    row < rowCount
      ? readRowsAsFloat32(source, weight.tensor, row, Math.min(rowsPerChunk, rowCount - row))
      : Promise.resolve(new Float32Array(0));
  let next = readChunk(0);
  for (let row = 0; row < rowCount; row += rowsPerChunk) {
    if (signal.aborted) {
      await next;
      fail('cancelled', 'The import was cancelled.');
    }
    const values = await next;
    next = readChunk(row + rowsPerChunk);
    try {
      checkFinite(values, weight.tensor, row, rowSize, tensor.file);
      await writeRows(weight, values, row, rowSize, options);
    } catch (error) {
      await next.catch(() => undefined);
      throw error;
    }
    onBytes((values.length / tensor.elementCount) * tensor.sizeBytes);
  }
}

async function writeRows(
  weight: Weight,
  values: Float32Array,
  row: number,
  rowSize: number,
  { layout, file, errors }: WriteOptions,
): Promise<void> {
  if (weight.kind === 'float32') {
    await writeAt(file, values, offsetOf(layout, weight.target) + row * rowSize * 4);
    return;
  }
  if (weight.kind === 'float16') {
    const halves = new Float16Array(values);
    checkRange(halves, values, weight.tensor, row, rowSize);
    await writeAt(file, halves, offsetOf(layout, weight.target) + row * rowSize * 2);
    return;
  }
  const quantised = quantiseRows(values, weight.columns, weight.bits, weight.blockSize);
  const { blocks, scales } = quantised;
  errors.add(weight.tensor, blockErrorSums(values, quantised, weight.columns, weight.bits, weight.blockSize));
  const blockCount = Math.ceil(weight.columns / weight.blockSize);
  const rowBytes = (blockCount * weight.blockSize * weight.bits) / 8;
  await writeAt(file, blocks, offsetOf(layout, weight.blocks) + row * rowBytes);
  await writeAt(file, scales, offsetOf(layout, weight.scales) + row * blockCount * 4);
}

/** A NaN or infinity in a weight makes every answer nonsense: refused, with its place. */
function checkFinite(values: Float32Array, tensor: string, row: number, rowSize: number, file: string): void {
  // x * 0 is 0 for every finite x and NaN otherwise: one multiplication and addition for each value.
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] as number) * 0;
  if (sum === 0) return;
  const index = values.findIndex((value) => !Number.isFinite(value));
  fail('malformed-checkpoint', `${tensor} holds a value that is not a finite number.`, {
    file,
    place: `tensor ${tensor}, row ${row + Math.floor(index / rowSize)}`,
    expected: 'finite numbers',
    found: String(values[index]),
    action: 'The checkpoint is damaged or its training diverged: use another one.',
  });
}

/** A finite weight that float16 cannot hold would become an infinity. */
function checkRange(halves: Float16Array, values: Float32Array, tensor: string, row: number, rowSize: number): void {
  const index = halves.findIndex((value) => !Number.isFinite(value));
  if (index === -1) return;
  fail('unsupported-dtype', `${tensor} holds a value that float16 cannot hold.`, {
    place: `tensor ${tensor}, row ${row + Math.floor(index / rowSize)}`,
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
