/**
 * The weights of a Hugging Face model folder: `model.safetensors` or its shards, else the older
 * `pytorch_model.bin` or its shards (read by the same restricted reader as `model.pth`).
 */
import { readdir } from 'node:fs/promises';
import { z } from 'zod';
import { fail, failureOf } from '../../shared/failure.ts';
import { failFromSystem } from '../files/io-failure.ts';
import { resolveInside } from '../files/safe-path.ts';
import { readJsonFile } from './json-file.ts';
import { openPth } from './pth.ts';
import { openSafetensorsFile } from './safetensors.ts';
import { combineSources } from './source-views.ts';
import type { WeightSource } from './weight-source.ts';

/** In order of preference; of single file and index the single file wins, as in transformers. */
const arrangements = [
  { index: 'model.safetensors.index.json', single: 'model.safetensors', open: openSafetensorsFile },
  { index: 'pytorch_model.bin.index.json', single: 'pytorch_model.bin', open: openPth },
] as const;

type OpenFile = (path: string) => Promise<WeightSource>;

const indexSchema = z.object({ weight_map: z.record(z.string(), z.string()) });
const weightFile = /\.(bin|pth|pt|ckpt|safetensors|gguf|onnx)$/;

/**
 * Opens a folder's weights; every header is checked here. Fails: `missing-file`, `missing-tensor` (the index
 * promises what its shard lacks), `malformed-checkpoint`, `unsupported-dtype`, `unsafe-pickle`, `path-outside-folder`.
 */
export async function openWeightFolder(folder: string): Promise<WeightSource> {
  const names = await listFolder(folder);
  for (const { index, single, open } of arrangements) {
    if (names.includes(single)) return open(await resolveInside(folder, single));
    if (names.includes(index)) return openShards(folder, await resolveInside(folder, index), open);
  }
  const others = names.filter((name) => weightFile.test(name)).sort();
  return fail('missing-file', `${folder} holds no ${arrangements[0].single}.`, {
    file: folder,
    expected: `${arrangements[0].single}, or ${arrangements[0].index} with its shards`,
    found: others.length === 0 ? 'no weight file' : others.slice(0, 5).join(', '),
    action: others.some((name) => name.endsWith('.pth'))
      ? "Give the base model's folder, and the .pth file as its adapter."
      : 'Give the folder of a Hugging Face checkpoint (transformers: save_pretrained writes one).',
  });
}

async function openShards(folder: string, indexPath: string, open: OpenFile): Promise<WeightSource> {
  const { weight_map: weightMap } = await readJsonFile(indexPath, indexSchema, 'malformed-checkpoint');
  const shards = new Set(Object.values(weightMap));
  if (shards.size === 0) fail('malformed-checkpoint', `${indexPath} lists no tensor.`, { file: indexPath });
  const opened = new Map<string, WeightSource>();
  try {
    for (const shard of shards) opened.set(shard, await openShard(await resolveInside(folder, shard), indexPath, open));
    for (const [name, shard] of Object.entries(weightMap)) {
      const source = opened.get(shard);
      if (source?.tensors.has(name) !== true) {
        fail('missing-tensor', `The shard ${shard} lacks the tensor ${name}, which the index says it holds.`, {
          file: source?.files[0] ?? indexPath,
          place: `tensor ${name}`,
          action: 'Download the checkpoint again.',
        });
      }
    }
    return combineSources([...opened.values()]);
  } catch (error) {
    for (const source of opened.values()) await source.close();
    throw error;
  }
}

async function openShard(path: string, indexPath: string, open: OpenFile): Promise<WeightSource> {
  try {
    return await open(path);
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

async function listFolder(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    return failFromSystem(error, folder);
  }
}
