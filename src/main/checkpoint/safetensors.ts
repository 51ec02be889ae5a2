/**
 * Weights in safetensors: one file, or a folder with `model.safetensors` or with shards that
 * `model.safetensors.index.json` lists. Every header is read and checked on opening; bytes are read on demand.
 */
import { readdir } from 'node:fs/promises';
import { z } from 'zod';
import { fail, failureOf } from '../../shared/failure.ts';
import { failFromSystem } from '../files/io-failure.ts';
import { resolveInside } from '../files/safe-path.ts';
import { dtypeSizes } from './dtype.ts';
import { readJsonFile } from './json-file.ts';
import { readSafetensorsHeader } from './safetensors-header.ts';
import { WeightFile } from './weight-file.ts';
import { tensorForRead, type TensorInfo, type WeightSource } from './weight-source.ts';

const indexName = 'model.safetensors.index.json';
const singleName = 'model.safetensors';
const indexSchema = z.object({ weight_map: z.record(z.string(), z.string()) });

/** Opens one safetensors file. Fails: `missing-file`, `malformed-checkpoint`, `unsupported-dtype`. */
export async function openSafetensorsFile(path: string): Promise<WeightSource> {
  const file = await WeightFile.open(path);
  try {
    return sourceOf([file], await readSafetensorsHeader(file));
  } catch (error) {
    await file.close();
    throw error;
  }
}

/**
 * Opens the safetensors of a model folder. Fails: `missing-file`, `missing-tensor` (the index promises what its
 * shard lacks), `malformed-checkpoint`, `unsupported-dtype`, `path-outside-folder`.
 */
export async function openSafetensorsFolder(folder: string): Promise<WeightSource> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    return failFromSystem(error, folder);
  }
  if (names.includes(indexName)) return openShards(folder, await resolveInside(folder, indexName));
  if (names.includes(singleName)) return openSafetensorsFile(await resolveInside(folder, singleName));
  const others = names.filter((name) => /\.(bin|pth|pt|safetensors|gguf|onnx)$/.test(name)).sort();
  return fail('missing-file', `${folder} holds no ${singleName}.`, {
    file: folder,
    expected: `${singleName}, or ${indexName} with its shards`,
    found: others.length === 0 ? 'no weight file' : others.slice(0, 5).join(', '),
    action: others.some((name) => name.endsWith('.bin'))
      ? 'Convert the PyTorch .bin files to safetensors (transformers: save_pretrained writes them).'
      : 'Give the folder of a Hugging Face checkpoint.',
  });
}

async function openShards(folder: string, indexPath: string): Promise<WeightSource> {
  const { weight_map: weightMap } = await readJsonFile(indexPath, indexSchema, 'malformed-checkpoint');
  const promised = Object.entries(weightMap);
  if (promised.length === 0) fail('malformed-checkpoint', `${indexPath} lists no tensor.`, { file: indexPath });
  const files: WeightFile[] = [];
  try {
    const tensors = new Map<string, TensorInfo>();
    for (const shard of new Set(Object.values(weightMap))) {
      const file = await openShard(folder, indexPath, shard);
      files.push(file);
      const held = await readSafetensorsHeader(file);
      const missing = promised.find(([name, home]) => home === shard && !held.has(name));
      if (missing !== undefined) {
        fail('missing-tensor', `${file.path} lacks the tensor ${missing[0]}, which ${indexName} says it holds.`, {
          file: file.path,
          place: `tensor ${missing[0]}`,
          action: 'Download the checkpoint again.',
        });
      }
      for (const [name, tensor] of held) {
        const other = tensors.get(name);
        if (other !== undefined) {
          fail('malformed-checkpoint', `The tensor ${name} lies in two shards.`, {
            file: file.path,
            place: `tensor ${name}`,
            found: `also in ${other.file}`,
          });
        }
        tensors.set(name, tensor);
      }
    }
    return sourceOf(files, tensors);
  } catch (error) {
    for (const file of files) await file.close();
    throw error;
  }
}

async function openShard(folder: string, indexPath: string, shard: string): Promise<WeightFile> {
  const path = await resolveInside(folder, shard);
  try {
    return await WeightFile.open(path);
  } catch (error) {
    if (failureOf(error)?.kind !== 'missing-file') throw error;
    return fail('missing-file', `The shard ${path} is missing.`, {
      file: path,
      place: indexPath,
      expected: 'every shard that the index names',
      action: 'Download the checkpoint again.',
    });
  }
}

function sourceOf(files: readonly WeightFile[], tensors: ReadonlyMap<string, TensorInfo>): WeightSource {
  const byPath = new Map(files.map((file) => [file.path, file]));
  return {
    files: [...byPath.keys()],
    tensors,
    async read(name, startElement, elementCount) {
      const tensor = tensorForRead({ tensors }, name, startElement, elementCount);
      const file = byPath.get(tensor.file);
      if (file === undefined || tensor.byteOffset === null) throw new Error(`${name} lies in no open file`);
      const size = dtypeSizes[tensor.dtype];
      return file.read(tensor.byteOffset + startElement * size, elementCount * size);
    },
    async close() {
      for (const file of files) await file.close();
    },
  };
}
