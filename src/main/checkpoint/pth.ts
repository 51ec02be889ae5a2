/**
 * Weights in a PyTorch file (`model.pth`, `pytorch_model.bin`): a zip archive of `data.pkl`, which describes the
 * tensors, and one stored entry for each storage, which is read in ranges. The older formats (a bare pickle, a tar
 * archive) are refused, and nothing in the file is ever executed.
 */
import { crc32 } from 'node:zlib';
import { fail } from '../../shared/failure.ts';
import { dtypeSizes } from './dtype.ts';
import { unpickle } from './pickle/unpickle.ts';
import { describe, isKind, type PickleDict, type PickleValue, type TensorReference } from './pickle/values.ts';
import { storedTensors } from './safetensors.ts';
import { WeightFile } from './weight-file.ts';
import type { TensorInfo, WeightSource } from './weight-source.ts';
import { readZipDirectory, type ZipEntry } from './zip-directory.ts';

/** A 7B state dict's description has about 200 KB. */
const largestPickleBytes = 16 * 1024 * 1024;

/** Names under which training scripts nest the state dict. */
const nestings = ['state_dict', 'model', 'module', 'model_state_dict'] as const;

/** Fails: `missing-file`, `malformed-checkpoint`, `unsafe-pickle`, `io`. */
export async function openPth(path: string): Promise<WeightSource> {
  const file = await WeightFile.open(path);
  try {
    await refuseOtherFormats(file);
    const entries = await readZipDirectory(file);
    const folder = archiveFolder(file, entries);
    await refuseBigEndian(file, entries.get(`${folder}/byteorder`));
    const stateDict = findStateDict(file, await readPickle(file, `${folder}/data.pkl`, entries));
    const tensors = new Map<string, TensorInfo>();
    for (const [name, value] of stateDict.entries) {
      // State dicts may carry counters and extra state beside their tensors.
      if (typeof name !== 'string' || !isKind(value, 'tensor')) continue;
      tensors.set(name, locateTensor(file, name, value, entries.get(`${folder}/data/${value.storage.key}`)));
    }
    return storedTensors(file, tensors);
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function refuseOtherFormats(file: WeightFile): Promise<void> {
  const head = await file.read(0, Math.min(file.sizeBytes, 512));
  const starts = (...bytes: number[]) => bytes.every((byte, index) => head[index] === byte);
  if (starts(0x50, 0x4b)) return;
  const isTar = new TextDecoder('latin1').decode(head.subarray(257, 262)) === 'ustar';
  const legacy = starts(0x80) ? 'the format before PyTorch 1.6 (a bare pickle)' : undefined;
  malformed(
    file,
    'byte 0',
    'a PyTorch archive (a zip file, as torch.save has written since PyTorch 1.6)',
    isTar ? 'a tar archive (the format before PyTorch 0.4)' : (legacy ?? 'another kind of file'),
    'Load and save the weights with a current PyTorch, or convert them to safetensors.',
  );
}

function archiveFolder(file: WeightFile, entries: ReadonlyMap<string, ZipEntry>): string {
  const pickles = [...entries.keys()].filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  const [name] = pickles;
  if (name === undefined || pickles.length > 1) {
    return malformed(file, 'archive', 'one entry <name>/data.pkl', `${pickles.length} of them`);
  }
  const folder = name.slice(0, -'/data.pkl'.length);
  if (entries.has(`${folder}/constants.pkl`)) {
    malformed(file, 'archive', 'a state dict', 'a TorchScript model', "Save the model's state_dict() instead.");
  }
  return folder;
}

async function refuseBigEndian(file: WeightFile, entry: ZipEntry | undefined): Promise<void> {
  if (entry === undefined) return;
  const order = new TextDecoder().decode(await file.read(entry.dataOffset, Math.min(entry.sizeBytes, 16)));
  if (order !== 'little') malformed(file, `entry ${entry.name}`, 'little', order);
}

async function readPickle(
  file: WeightFile,
  name: string,
  entries: ReadonlyMap<string, ZipEntry>,
): Promise<PickleValue> {
  const entry = entries.get(name);
  if (entry === undefined) throw new Error(`no entry ${name}`);
  const place = `entry ${name}`;
  if (entry.sizeBytes > largestPickleBytes) {
    malformed(file, place, `at most ${largestPickleBytes} bytes`, `${entry.sizeBytes} bytes`);
  }
  const bytes = await file.read(entry.dataOffset, entry.sizeBytes);
  if (crc32(bytes) !== entry.crc32) malformed(file, place, 'bytes of the stated checksum', 'damaged bytes');
  return unpickle(bytes, file.path, place);
}

function findStateDict(file: WeightFile, value: PickleValue): PickleDict {
  if (!isKind(value, 'dict')) return malformed(file, 'data.pkl', 'a state dict', `a ${describe(value)}`);
  const holdsTensors = (dict: PickleDict) => dict.entries.values().some((item) => isKind(item, 'tensor'));
  if (holdsTensors(value)) return value;
  for (const nesting of nestings) {
    const inner = value.entries.get(nesting);
    if (inner !== undefined && isKind(inner, 'dict') && holdsTensors(inner)) return inner;
  }
  return malformed(file, 'data.pkl', 'a state dict with tensors', 'a dict without any');
}

function locateTensor(
  file: WeightFile,
  name: string,
  reference: TensorReference,
  entry: ZipEntry | undefined,
): TensorInfo {
  const { storage, storageOffset, shape, strides } = reference;
  const place = `tensor ${name}`;
  const size = dtypeSizes[storage.dtype];
  const elementCount = shape.reduce((product, extent) => product * extent, 1);
  if (entry === undefined) return malformed(file, place, `an entry data/${storage.key}`, 'none');
  if (entry.sizeBytes !== storage.elementCount * size) {
    malformed(file, place, `${storage.elementCount} elements of ${storage.dtype}`, `${entry.sizeBytes} bytes`);
  }
  if (!Number.isSafeInteger(elementCount) || storageOffset + elementCount > storage.elementCount) {
    malformed(
      file,
      place,
      `elements inside its storage of ${storage.elementCount}`,
      `${elementCount} from element ${storageOffset} on`,
    );
  }
  if (elementCount > 0 && !isContiguous(shape, strides)) {
    malformed(
      file,
      place,
      'contiguous elements',
      `strides [${strides.join(', ')}] of shape [${shape.join(', ')}]`,
      'Save the tensors with .contiguous().',
    );
  }
  return {
    name,
    dtype: storage.dtype,
    shape,
    elementCount,
    sizeBytes: elementCount * size,
    file: file.path,
    byteOffset: entry.dataOffset + storageOffset * size,
  };
}

function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const extent = shape[axis] ?? 1;
    // The stride of an axis of one element is never used, and may be anything.
    if (extent !== 1 && strides[axis] !== expected) return false;
    expected *= extent;
  }
  return true;
}

function malformed(file: WeightFile, place: string, expected: string, found: string, action?: string): never {
  return fail('malformed-checkpoint', `${file.path} is not a PyTorch state dict that can be read (${place}).`, {
    file: file.path,
    place,
    expected,
    found,
    action: action ?? 'Download the file again, or save the state dict anew with torch.save.',
  });
}
