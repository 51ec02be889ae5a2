/**
 * Which format a folder or file is in. Every data file is looked at, each is matched to the formats by its field
 * names, and the first format (in the order below) that any file fits is the dataset's. When nothing fits, the
 * failure lists what was looked for and what each file was.
 */
import { fail, type Failure } from '../../shared/failure.ts';
import type { DatasetFormat } from '../../shared/sample.ts';
import type { DatasetFolder } from './folder.ts';
import { m3cotFields } from './readers/m3cot-row.ts';
import { sniffFile, type Sniffed } from './sniff.ts';
import { compareBySplit } from './split-name.ts';

export type Recognised = Readonly<{ format: DatasetFormat; files: readonly string[] }>;

const extensions = ['.parquet', '.jsonl', '.ndjson', '.json', '.tsv', '.csv'];

type Candidate = Readonly<{ format: DatasetFormat; describes: string; fits: (file: Sniffed) => boolean }>;

const candidates: readonly Candidate[] = [
  {
    format: 'm3cot-jsonl',
    describes: `M3CoT's original release: JSON Lines with ${m3cotFields.join(', ')}`,
    fits: (file) => file.shape === 'json-lines' && m3cotFields.every((field) => file.fields.has(field)),
  },
];

/** Fails: `unknown-format`; the file's own failure (`wrong-encoding`, `permission-denied`, …) where one explains it. */
export async function recognise(folder: DatasetFolder): Promise<Recognised> {
  const names = await folder.dataFiles(extensions);
  const sniffed: Sniffed[] = [];
  for (const name of names) sniffed.push(await sniffFile(await folder.resolve(name), name));
  for (const { format, fits } of candidates) {
    const files = sniffed.filter(fits).map(({ file }) => file);
    if (files.length > 0) return { format, files: files.sort(compareBySplit) };
  }
  const failure = sniffed
    .map((file) => (file.shape === 'unknown' ? file.failure : null))
    .find((found) => found !== null);
  if (failure !== undefined) throwAgain(failure);
  return fail('unknown-format', `${folder.root} is not a dataset in a known format.`, {
    file: folder.root,
    expected: candidates.map(({ describes }) => describes).join('; '),
    found: describeFiles(sniffed),
  });
}

function throwAgain({ kind, message, ...detail }: Failure): never {
  fail(kind, message, detail);
}

function describeFiles(files: readonly Sniffed[]): string {
  if (files.length === 0) return `no ${extensions.join(', ')} file`;
  const shown = files.slice(0, 10).map((file) => {
    if (file.shape === 'unknown') return `${file.file}: ${file.found}`;
    if (file.shape === 'parquet') return `${file.file}: parquet`;
    return `${file.file}: ${file.shape} with ${[...file.fields].slice(0, 12).join(', ')}`;
  });
  return files.length > shown.length
    ? `${shown.join('; ')}; and ${files.length - shown.length} more`
    : shown.join('; ');
}
