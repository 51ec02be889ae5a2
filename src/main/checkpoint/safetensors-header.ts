/**
 * The header of a safetensors file: 8 bytes of length (little-endian), JSON of that length, then the tensors' bytes.
 * Format: the safetensors project's README. Everything the header claims is checked before any of it is used:
 * tensors must fill the rest of the file exactly, without overlap and without holes, as the format demands.
 */
import { z } from 'zod';
import { fail } from '../../shared/failure.ts';
import { dtypeSizes, isDtype } from './dtype.ts';
import { duplicateKey, parseJson } from './json-file.ts';
import type { WeightFile } from './weight-file.ts';
import type { TensorInfo } from './weight-source.ts';

/** Published checkpoints have up to a few MB. (The reference implementation stops at 100 MB.) */
const largestHeaderBytes = 32 * 1024 * 1024;

const offsetSchema = z.int().min(0);
const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(offsetSchema).max(8),
  data_offsets: z.tuple([offsetSchema, offsetSchema]),
});

/** Reads and checks a file's header. Fails: `malformed-checkpoint`, `unsupported-dtype`, `wrong-shape`. */
export async function readSafetensorsHeader(file: WeightFile): Promise<Map<string, TensorInfo>> {
  const headerBytes = await readHeaderLength(file);
  const dataStart = 8 + headerBytes;
  const entries = parseHeader(file.path, await file.read(8, headerBytes));
  const tensors = new Map<string, TensorInfo>();
  for (const [name, value] of entries) {
    if (name !== '__metadata__') tensors.set(name, readEntry(file, dataStart, name, value));
  }
  checkLayout(file, dataStart, [...tensors.values()]);
  return tensors;
}

async function readHeaderLength(file: WeightFile): Promise<number> {
  if (file.sizeBytes < 8) {
    malformed(file.path, 'byte 0', 'a header of at least 8 bytes', `a file of ${file.sizeBytes} bytes`);
  }
  const view = new DataView((await file.read(0, 8)).buffer);
  const length = view.getBigUint64(0, true);
  if (length > largestHeaderBytes) {
    malformed(file.path, 'byte 0', `a header length up to ${largestHeaderBytes}`, `${length}`);
  }
  if (length < 2n || length > file.sizeBytes - 8) {
    malformed(file.path, 'byte 0', `a header length that fits the file's ${file.sizeBytes} bytes`, `${length}`);
  }
  return Number(length);
}

function parseHeader(path: string, bytes: Uint8Array): [string, unknown][] {
  let text: string;
  let header: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    header = parseJson(text);
  } catch {
    return malformed(path, 'header', 'JSON in UTF-8', 'bytes that are not');
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) {
    return malformed(path, 'header', 'a JSON object', 'something else');
  }
  const twice = duplicateKey(text);
  if (twice !== undefined) malformed(path, `tensor ${twice}`, 'each tensor once', 'a name that occurs twice');
  return Object.entries(header);
}

function readEntry(file: WeightFile, dataStart: number, name: string, value: unknown): TensorInfo {
  const place = `tensor ${name}`;
  const parsed = entrySchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const where = issue === undefined ? 'entry' : issue.path.join('.') || 'entry';
    return malformed(file.path, place, 'dtype, shape and data_offsets of whole numbers', `${where}: ${issue?.message}`);
  }
  const { dtype, shape } = parsed.data;
  const [begin, end] = parsed.data.data_offsets;
  if (!isDtype(dtype)) {
    return fail('unsupported-dtype', `${name} has the unknown type ${dtype}.`, {
      file: file.path,
      place,
      expected: Object.keys(dtypeSizes).join(', '),
      found: dtype,
    });
  }
  const elementCount = shape.reduce((product, size) => product * size, 1);
  const sizeBytes = elementCount * dtypeSizes[dtype];
  if (!Number.isSafeInteger(sizeBytes)) {
    malformed(file.path, place, 'a size below 2^53 bytes', `shape [${shape.join(', ')}]`);
  }
  if (begin > end || end > file.sizeBytes - dataStart) {
    malformed(file.path, place, `offsets inside the ${file.sizeBytes - dataStart} data bytes`, `${begin} to ${end}`);
  }
  if (end - begin !== sizeBytes) {
    malformed(file.path, place, `${sizeBytes} bytes for ${dtype} [${shape.join(', ')}]`, `${end - begin} bytes`);
  }
  return { name, dtype, shape, elementCount, sizeBytes, file: file.path, byteOffset: dataStart + begin };
}

function checkLayout(file: WeightFile, dataStart: number, tensors: readonly TensorInfo[]): void {
  const inOrder = tensors.map((tensor) => ({ tensor, offset: tensor.byteOffset ?? 0 }));
  inOrder.sort((a, b) => a.offset - b.offset || a.tensor.sizeBytes - b.tensor.sizeBytes);
  let position = dataStart;
  for (const { tensor, offset } of inOrder) {
    if (offset !== position) {
      const found = offset < position ? 'bytes that another tensor uses' : 'unused bytes before it';
      malformed(file.path, `tensor ${tensor.name}`, `data from byte ${position} on`, `byte ${offset}: ${found}`);
    }
    position += tensor.sizeBytes;
  }
  if (position !== file.sizeBytes) {
    malformed(file.path, `byte ${position}`, 'the end of the file', `${file.sizeBytes - position} more bytes`);
  }
}

function malformed(file: string, place: string, expected: string, found: string): never {
  return fail('malformed-checkpoint', `${file} is not a sound safetensors file (${place}).`, {
    file,
    place,
    expected,
    found,
    action: 'Download or export the file again.',
  });
}
