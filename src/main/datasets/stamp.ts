/** Whether files are still those that were read, as sizes and times tell it: a look that costs no reading. */
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ImageReference } from '../../shared/sample.ts';
import type { DatasetFolder } from './folder.ts';
import { failFromSystem } from '../files/io-failure.ts';

/** Data files, and the folders that hold them: a new file beside them changes the folder's time. */
export async function stampFiles(folder: DatasetFolder, files: readonly string[]): Promise<string> {
  const paths = await Promise.all(files.map((file) => folder.resolve(file)));
  const folders = folder.onlyFile === null ? [folder.root, ...paths.map((path) => dirname(path))] : [];
  const stamps = [...new Set([...folders, ...paths])].map(async (path) => `${path} ${await stampOf(path)}`);
  return (await Promise.all(stamps)).join('\n');
}

/** Unique among all images of this machine, and another one once the file has changed. */
export async function stampImage(folder: DatasetFolder, reference: ImageReference): Promise<string> {
  const path = await folder.resolve(reference.path);
  return JSON.stringify([path, await stampOf(path), reference]);
}

async function stampOf(path: string): Promise<string> {
  try {
    const status = await stat(path);
    return status.isDirectory() ? String(status.mtimeMs) : `${status.size} ${status.mtimeMs}`;
  } catch (error) {
    return failFromSystem(error, path);
  }
}
