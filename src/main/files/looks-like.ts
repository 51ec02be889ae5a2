/**
 * What a folder or file may be, guessed from names alone: a hint for people who browse, never a decision. No file
 * is opened; opening the thing itself may still refuse.
 */
import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import type { FolderEntry } from '../../shared/contract/datasets.ts';

export type Likeness = FolderEntry['looksLike'];

/** Names looked at in one folder; a folder of 100,000 pictures is not read to its end. */
const maxNames = 200;

/** The guess for a single file. */
export function fileLikeness(name: string): Likeness {
  const lower = name.toLowerCase();
  if (lower.endsWith('.penumbra')) return 'packed-run';
  if (lower === 'bundle.json') return 'bundle';
  if (/^adapter_(model|config)\./.test(lower)) return 'adapter';
  if (/\.(safetensors|pth|pt)$/.test(lower)) return 'checkpoint';
  const isPredictions = /(predict|results?\b|outputs?\b|_result|responses?\b|answers?\b)/.test(lower);
  if (/\.(jsonl|ndjson|json)$/.test(lower) && isPredictions) return 'predictions';
  if (lower === 'problems.json' || /\.(parquet|jsonl|ndjson|tsv|csv)$/.test(lower)) return 'dataset';
  return null;
}

/** The guess for a folder; null also where it may not be read. */
export async function folderLikeness(path: string, name: string): Promise<Likeness> {
  const cached = /^(datasets|models)--/.exec(name)?.[1];
  const names = await namesIn(path);
  if (cached !== undefined && names.has('snapshots')) return cached === 'datasets' ? 'dataset' : 'checkpoint';
  if (names.has('bundle.json')) return 'bundle';
  if (names.has('adapter_config.json')) return 'adapter';
  const files = [...names].map(fileLikeness);
  if (names.has('config.json') && files.includes('checkpoint')) return 'checkpoint';
  if (names.has('dataset.json') || files.includes('dataset')) return 'dataset';
  // The usual layout of a dataset repository.
  const inData = names.has('data') ? [...(await namesIn(join(path, 'data')))].map(fileLikeness) : [];
  return inData.includes('dataset') ? 'dataset' : null;
}

async function namesIn(path: string): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  try {
    for await (const { name } of await opendir(path)) {
      names.add(name);
      if (names.size >= maxNames) break;
    }
  } catch {
    // Gone meanwhile, or not ours to read: there is nothing to guess from.
  }
  return names;
}
