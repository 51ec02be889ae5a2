/**
 * Files that this program itself exported: a run's questions.csv has questions and choices and would pass for a
 * dataset. Known by the manifest beside them, or by their columns where the manifest was left behind.
 */
import { basename, posix } from 'node:path';
import { z } from 'zod';
import type { DatasetFolder } from './folder.ts';
import type { Sniffed } from './sniff.ts';
import { readJsonFile } from './text/json-file.ts';

export type OwnExport = Readonly<{
  /** Null where no manifest says so. */
  runLabel: string | null;
  datasetPath: string | null;
}>;

/** A manifest is a few kilobytes. */
const maxManifestBytes = 2 ** 20;

/** Columns that only an export of a run's questions has together. */
const exportColumns = ['sample_id', 'gold', 'scorer', 'predicted', 'outcome', 'output_text', 'finish_reason'];

const manifestSchema = z.object({
  program: z.object({ name: z.literal('penumbra') }),
  run: z.object({ label: z.string() }).optional(),
  dataset: z.object({ path: z.string() }).nullish(),
  files: z.array(z.object({ name: z.string().optional(), path: z.string().optional() })),
});

/** What the file is an export of; null for any other file. A manifest that cannot be read counts as none. */
export async function ownExport(folder: DatasetFolder, sniffed: Sniffed): Promise<OwnExport | null> {
  const { file } = sniffed;
  for (const name of [`${file}.manifest.json`, posix.join(posix.dirname(file), 'manifest.json')]) {
    const manifest = await manifestAt(folder, name);
    const names = manifest?.files.map(({ name: given, path }) => given ?? lastPart(path ?? ''));
    if (manifest !== null && names?.includes(basename(file)) === true) {
      return { runLabel: manifest.run?.label ?? null, datasetPath: manifest.dataset?.path ?? null };
    }
  }
  const hasColumns = 'fields' in sniffed && exportColumns.every((column) => sniffed.fields.has(column));
  return hasColumns ? { runLabel: null, datasetPath: null } : null;
}

/** Exports travel between systems: both separators end a folder's name. */
const lastPart = (path: string): string => path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);

async function manifestAt(folder: DatasetFolder, name: string): Promise<z.infer<typeof manifestSchema> | null> {
  const found = await folder.find([name]);
  if (found.kind !== 'found') return null;
  try {
    const value = await readJsonFile(await folder.resolve(found.path), found.path, maxManifestBytes);
    return manifestSchema.safeParse(value).data ?? null;
  } catch {
    return null;
  }
}
