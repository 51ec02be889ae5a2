/** The token embedding table, copied row for row in the checkpoint's own type: it is looked up, never multiplied. */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bundle } from '../../shared/bundle.ts';
import { fail } from '../../shared/failure.ts';
import type { WeightSource } from '../checkpoint/weight-source.ts';
import { chunkElements, type ChunkBuffer } from './chunk-buffers.ts';
import { writeAt } from './weight-writer.ts';

const tensorName = 'model.embed_tokens.weight';
const fileName = 'embeddings.bin';
const types = { F32: 'f32', F16: 'f16', BF16: 'bf16' } as const;

export async function writeEmbeddings(
  folder: string,
  source: WeightSource,
  options: Readonly<{ onBytes: (bytes: number) => void; nextBuffer: () => ChunkBuffer; signal: AbortSignal }>,
): Promise<Bundle['embeddings']> {
  const tensor = source.tensors.get(tensorName);
  if (tensor === undefined) throw new Error(`the checkpoint was validated but lacks ${tensorName}`);
  const dtype = Object.hasOwn(types, tensor.dtype) ? types[tensor.dtype as keyof typeof types] : undefined;
  if (dtype === undefined) throw new Error(`the checkpoint was validated but ${tensorName} is ${tensor.dtype}`);
  const elementBytes = tensor.sizeBytes / tensor.elementCount;
  const file = await open(join(folder, fileName), 'w');
  try {
    const { stored } = options.nextBuffer();
    for (let start = 0; start < tensor.elementCount; start += chunkElements) {
      if (options.signal.aborted) fail('cancelled', 'The import was cancelled.');
      const bytes = await source.read(
        tensorName,
        start,
        Math.min(chunkElements, tensor.elementCount - start),
        stored(),
      );
      await writeAt(file, bytes, start * elementBytes);
      options.onBytes(bytes.length);
    }
  } finally {
    await file.close();
  }
  return { file: fileName, dtype };
}
