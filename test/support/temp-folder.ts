/** Folders of a test file under the system's temporary folder; removed when the file is done. */
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** Registers the removal with the test file that calls it; each call of the result makes a new, empty folder. */
export function temporaryFolders(): () => Promise<string> {
  const folders: string[] = [];
  afterAll(async () => {
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  });
  return async () => {
    const folder = await mkdtemp(join(await realpath(tmpdir()), 'penumbra-test-'));
    folders.push(folder);
    return folder;
  };
}
