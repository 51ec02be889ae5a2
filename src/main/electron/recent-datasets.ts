/** Datasets that were opened last, newest first, for the File menu; the system gets them as recent documents too. */
import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { z } from 'zod';

const listSchema = z.array(z.string().min(1)).max(100);
const kept = 10;

export type RecentDatasets = Readonly<{
  list: () => readonly string[];
  add: (path: string) => Promise<void>;
  clear: () => Promise<void>;
}>;

export async function openRecentDatasets(file: string): Promise<RecentDatasets> {
  let paths: readonly string[] = await readFile(file, 'utf8')
    .then((text) => listSchema.parse(JSON.parse(text)))
    // Missing or damaged: the list only spares a search.
    .catch(() => []);
  const keep = async (next: readonly string[]): Promise<void> => {
    paths = next.slice(0, kept);
    const aside = `${file}.${randomUUID()}.new`;
    try {
      await writeFile(aside, JSON.stringify(paths));
      await rename(aside, file);
    } catch {
      // A full disk: the list holds for as long as the program runs.
      await rm(aside, { force: true }).catch(() => undefined);
    }
  };
  return {
    list: () => paths,
    add: (path) => keep([path, ...paths.filter((each) => each !== path)]),
    clear: () => keep([]),
  };
}
