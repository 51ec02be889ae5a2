/**
 * Datasets below a folder that is none itself, one or two levels down: for somebody who chose the folder above. Looks
 * at the heads of data files only, and stops after a number of folders and a time: a hint, never a full search.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatasetFormat } from '../../shared/sample.ts';
import { failureOf } from '../../shared/failure.ts';
import { openFolder } from './folder.ts';
import { createParquetFiles } from './parquet/parquet-files.ts';
import { recognise } from './recognise.ts';

export type FoundDataset = Readonly<{ path: string; format: DatasetFormat }>;

const depth = 2;
const maxFound = 20;
const maxFolders = 200;
const searchMs = 3000;

/** Folders of pictures and programs are large and hold no dataset. */
const skipped = /^(\.|__|(images?|node_modules|site-packages)$)/i;

/** Nearest first, then by name. What cannot be read is passed over. */
export async function findDatasets(path: string): Promise<FoundDataset[]> {
  const deadline = performance.now() + searchMs;
  const found: FoundDataset[] = [];
  let looked = 0;
  let level = await foldersIn(path);
  for (let below = 1; below <= depth && level.length > 0; below += 1) {
    const next: string[] = [];
    for (const folder of level) {
      looked += 1;
      if (looked > maxFolders || found.length >= maxFound || performance.now() > deadline) return found;
      const format = await formatOf(folder);
      if (format === null) next.push(...(await foldersIn(folder)));
      else found.push({ path: folder, format });
    }
    level = next;
  }
  return found;
}

async function foldersIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && !skipped.test(entry.name))
    .map(({ name }) => join(path, name))
    .sort();
}

async function formatOf(path: string): Promise<DatasetFormat | null> {
  try {
    const folder = await openFolder(path);
    const parquetFiles = createParquetFiles(folder);
    try {
      return (await recognise(folder, parquetFiles)).format;
    } finally {
      await parquetFiles.close();
    }
  } catch (error) {
    if (failureOf(error) === undefined) throw error;
    return null;
  }
}
