/** Weights in one safetensors file: the header is read and checked on opening, bytes are read on demand. */
import { dtypeSizes } from './dtype.ts';
import { readSafetensorsHeader } from './safetensors-header.ts';
import { WeightFile } from './weight-file.ts';
import { tensorForRead, type TensorInfo, type WeightSource } from './weight-source.ts';

/** Fails: `missing-file`, `permission-denied`, `malformed-checkpoint`, `unsupported-dtype`. */
export async function openSafetensorsFile(path: string): Promise<WeightSource> {
  const file = await WeightFile.open(path);
  try {
    return storedTensors(file, await readSafetensorsHeader(file));
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** The weights of one open file whose tensors all say where in it they lie; closing closes the file. */
export function storedTensors(file: WeightFile, tensors: ReadonlyMap<string, TensorInfo>): WeightSource {
  return {
    files: [file.path],
    tensors,
    async read(name, startElement, elementCount, into) {
      const { dtype, byteOffset } = tensorForRead({ tensors }, name, startElement, elementCount);
      if (byteOffset === null) throw new Error(`${name} lies in no file`);
      return file.read(byteOffset + startElement * dtypeSizes[dtype], elementCount * dtypeSizes[dtype], into);
    },
    close: () => file.close(),
  };
}
