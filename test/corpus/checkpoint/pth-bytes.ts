/** PyTorch archives: a pickle and storages in a zip. */
import { stateDict, tensor } from './pickle-bytes.ts';
import type { StoredTensor } from './safetensors-bytes.ts';
import { zip, type ZipEnd, type ZipPart } from './zip-bytes.ts';

const storageTypes: Readonly<Record<string, string>> = {
  F32: 'FloatStorage',
  F16: 'HalfStorage',
  BF16: 'BFloat16Storage',
  I64: 'LongStorage',
};

export type PthLies = { parts?: (parts: ZipPart[]) => ZipPart[]; end?: ZipEnd };

/** An archive of a pickle and of storages by key. */
export function pth(pickle: Uint8Array, storages: Readonly<Record<string, Uint8Array>> = {}, lies: PthLies = {}) {
  const parts: ZipPart[] = [
    { name: 'model/data.pkl', data: pickle },
    { name: 'model/byteorder', data: Buffer.from('little') },
    ...Object.entries(storages).map(([key, data]) => ({ name: `model/data/${key}`, data })),
    { name: 'model/version', data: Buffer.from('3\n') },
  ];
  return zip(lies.parts?.(parts) ?? parts, lies.end);
}

/** A sound archive of tensors, as torch.save makes it. */
export function pthOf(tensors: Readonly<Record<string, StoredTensor>>): Buffer {
  const entries = Object.entries(tensors).map(([name, stored], index) => ({ name, stored, key: String(index) }));
  const described = entries.map(({ name, stored, key }) => {
    const storageElements = stored.shape.reduce((product, size) => product * size, 1);
    const storageType = storageTypes[stored.dtype] ?? 'FloatStorage';
    return [name, tensor({ key, storageType, storageElements, shape: stored.shape })] as const;
  });
  const storages = Object.fromEntries(entries.map(({ key, stored }) => [key, stored.bytes]));
  return pth(stateDict(Object.fromEntries(described)), storages);
}
