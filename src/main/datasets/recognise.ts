/**
 * Which format a folder or file is in. Every data file is looked at, each is matched to the formats by its field
 * names, and the first format (in the order below) that any file fits is the dataset's; a `dataset.json` makes the
 * folder a generic one. Exports of this program are no datasets, and a folder above several datasets is none. When
 * nothing fits, the failure lists what was looked for and what each file was.
 */
import { extname } from 'node:path';
import { fail, type Failure } from '../../shared/failure.ts';
import type { DatasetFormat } from '../../shared/sample.ts';
import { datasetJsonName, mapColumns, readDatasetJson, type DatasetJson } from './dataset-json.ts';
import type { DatasetFolder } from './folder.ts';
import type { ParquetFiles } from './parquet/parquet-files.ts';
import { ownExport, type OwnExport } from './own-export.ts';
import { m3cotFields } from './readers/m3cot-row.ts';
import { scienceqaFields } from './readers/scienceqa-row.ts';
import { sniffFile, type Sniffed } from './sniff.ts';
import { compareBySplit, splitOfPath } from './split-name.ts';

export type Recognised = Readonly<{
  format: DatasetFormat;
  files: readonly string[];
  mapping: DatasetJson | null;
  /** Files of the same kind that could not even be looked at. */
  unreadable: readonly Readonly<{ file: string; failure: Failure }>[];
}>;

/** A folder of annotations, one file for each image, is no dataset; looking into each would take long. */
const maxDataFiles = 2000;

const extensions = ['.parquet', '.jsonl', '.ndjson', '.json', '.tsv', '.csv'];

type Candidate = Readonly<{ format: DatasetFormat; describes: string; fits: (file: Sniffed) => boolean }>;

const candidates: readonly Candidate[] = [
  {
    format: 'm3cot-parquet',
    describes: `M3CoT on the Hub (parquet with ${m3cotFields.join(', ')})`,
    fits: (file) => file.shape === 'parquet' && hasAll(file, m3cotFields),
  },
  {
    format: 'm3cot-jsonl',
    describes: 'M3CoT’s original JSON Lines (the same fields)',
    fits: (file) => file.shape === 'json-lines' && hasAll(file, m3cotFields) && !file.fields.has('messages'),
  },
  {
    format: 'scienceqa-json',
    describes: `ScienceQA’s problems.json (questions by id, each with ${scienceqaFields.join(', ')})`,
    fits: (file) => file.shape === 'keyed-json' && hasAll(file, ['question', 'choices', 'answer']),
  },
  {
    format: 'scienceqa-parquet',
    describes: 'ScienceQA on the Hub (parquet with the same fields)',
    fits: (file) => file.shape === 'parquet' && hasAll(file, scienceqaFields),
  },
  {
    format: 'vlmevalkit-tsv',
    describes: 'VLMEvalKit’s TSV (index, image or image_path, question, A, B, …)',
    fits: (file) =>
      file.shape === 'delimited' && file.delimiter === 'tab' && hasAll(file, ['index', 'question', 'A', 'B']),
  },
  {
    format: 'generic-jsonl',
    describes: 'JSON Lines with question and choices',
    fits: (file) => file.shape === 'json-lines' && isGeneric(file, {}) && !file.fields.has('messages'),
  },
  {
    format: 'generic-csv',
    describes: 'CSV or TSV with question and choices (or A, B, …)',
    fits: (file) => file.shape === 'delimited' && isGeneric(file, {}),
  },
];

/**
 * Fails: `unknown-format`; `malformed-file` for a broken `dataset.json`; a file's own failure (`wrong-encoding`,
 * `permission-denied`, …) where no other file is a dataset.
 */
export async function recognise(folder: DatasetFolder, parquetFiles: ParquetFiles): Promise<Recognised> {
  const names = await folder.dataFiles(extensions);
  if (names.length > maxDataFiles) {
    fail('unknown-format', `${folder.path} holds too many data files to be one dataset.`, {
      file: folder.path,
      expected: `at most ${maxDataFiles} ${extensions.join(', ')} files`,
      found: `${names.length} files`,
      action: 'Name the folder, or the file, that is meant.',
    });
  }
  const sniffed: Sniffed[] = [];
  for (const name of names) sniffed.push(await sniffFile(await folder.resolve(name), name, parquetFiles));
  const mapping = await readDatasetJson(folder);
  if (mapping !== null) {
    const generic = mappedFiles(mapping, sniffed);
    if (generic !== null) return { ...generic, mapping, unreadable: unreadableBeside(generic.files, sniffed) };
    if (mapping.files !== undefined || Object.keys(mapping.columns).length > 0) {
      return fail('malformed-file', 'dataset.json fits none of the data files.', {
        file: datasetJsonName,
        place: 'columns',
        expected: 'columns for question and choices that a JSONL or CSV file of the folder has',
        found: describeFiles(sniffed),
      });
    }
  }
  const { foreign, exported } = await withoutOwnExports(folder, sniffed);
  refuseSeveral(folder, foreign);
  for (const { format, fits } of candidates) {
    const files = foreign.filter(fits).map(({ file }) => file);
    if (files.length > 0) {
      return { format, files: files.sort(compareBySplit), mapping, unreadable: unreadableBeside(files, sniffed) };
    }
  }
  const [own] = exported;
  if (own !== undefined) refuseOwnExport(folder, own);
  const failure = sniffed
    .map((file) => (file.shape === 'unknown' ? file.failure : null))
    .find((found) => found !== null);
  if (failure !== undefined) failAgain(failure);
  return fail('unknown-format', `${folder.path} is not a dataset in a known format.`, {
    file: folder.path,
    expected: candidates.map(({ describes }) => describes).join('; '),
    found: describeFiles(sniffed),
    action: 'Name the folder that holds the data files; a dataset.json can map other column names.',
  });
}

type Exported = Readonly<{ file: string; about: OwnExport }>;

/** The files, and apart from them those that this program exported and that would pass for a dataset. */
async function withoutOwnExports(
  folder: DatasetFolder,
  sniffed: readonly Sniffed[],
): Promise<Readonly<{ foreign: readonly Sniffed[]; exported: readonly Exported[] }>> {
  const foreign: Sniffed[] = [];
  const exported: Exported[] = [];
  for (const file of sniffed) {
    const mayBe = formatOf(file) !== null || ('fields' in file && file.fields.has('messages'));
    const about = mayBe ? await ownExport(folder, file) : null;
    if (about === null) foreign.push(file);
    else exported.push({ file: file.file, about });
  }
  return { foreign, exported };
}

function refuseOwnExport(folder: DatasetFolder, { file, about: { runLabel, datasetPath } }: Exported): never {
  fail('unknown-format', `${file} is a run’s results as Penumbra exported them, not a dataset.`, {
    file: folder.path,
    place: file,
    expected: 'a dataset’s folder, or one of its files',
    found: runLabel === null || runLabel === '' ? 'an export of a run' : `an export of the run “${runLabel}”`,
    action: `Open the dataset that the run was made of${datasetPath === null ? '' : `: ${datasetPath}`}.`,
  });
}

const formatOf = (file: Sniffed): DatasetFormat | null => candidates.find(({ fits }) => fits(file))?.format ?? null;

/**
 * A folder above several datasets is none of them, neither the first that comes nor all in one: their ids may be the
 * same. Folders that are one split each of one format (`train/`, `test/`) are one dataset.
 */
function refuseSeveral(folder: DatasetFolder, sniffed: readonly Sniffed[]): void {
  const known = sniffed.flatMap((file) => {
    const format = formatOf(file);
    return format === null ? [] : [{ format, folders: file.file.split('/').slice(0, -1) }];
  });
  const shared = sharedDepth(known.map(({ folders }) => folders));
  const formats = new Map<string, Set<DatasetFormat>>();
  for (const { format, folders } of known) {
    // Beside a file of the dataset itself, folders hold more of it.
    if (folders.length === shared) return;
    const below = folders.slice(0, shared + 1).join('/');
    formats.set(below, (formats.get(below) ?? new Set()).add(format));
  }
  const folders = [...formats].map(([name, found]) => `${name} (${[...found].join(', ')})`);
  const isOneFormat = new Set([...formats.values()].flatMap((found) => [...found])).size < 2;
  if (folders.length < 2 || (isOneFormat && areSplits([...formats.keys()]))) return;
  fail('unknown-format', `${folder.path} holds several datasets.`, {
    file: folder.path,
    expected: 'the folder of one dataset',
    found: folders.slice(0, 10).join('; '),
    action: 'Open one of the folders in it.',
  });
}

/** How many folders all of the paths begin with. */
function sharedDepth(paths: readonly (readonly string[])[]): number {
  const [first = [], ...rest] = paths;
  const end = first.findIndex((name, depth) => rest.some((path) => path[depth] !== name));
  return end === -1 ? first.length : end;
}

/** Whether each folder's own name says a split, and each another one. */
function areSplits(folders: readonly string[]): boolean {
  const splits = folders.map((path) => splitOfPath(path.slice(path.lastIndexOf('/') + 1)));
  return !splits.includes(null) && new Set(splits).size === splits.length;
}

/** A dataset's damaged or forbidden file must not be missing in silence; one of another kind is not the dataset's. */
function unreadableBeside(files: readonly string[], sniffed: readonly Sniffed[]): Recognised['unreadable'] {
  const kinds = new Set(files.map((file) => extname(file).toLowerCase()));
  return sniffed.flatMap((file) =>
    file.shape === 'unknown' && file.failure !== null && kinds.has(extname(file.file).toLowerCase())
      ? [{ file: file.file, failure: file.failure }]
      : [],
  );
}

/** The files that a `dataset.json` is about: those it lists, else those with the columns that it names. */
function mappedFiles(mapping: DatasetJson, sniffed: readonly Sniffed[]): Pick<Recognised, 'format' | 'files'> | null {
  const wanted = sniffed.filter(
    (file) => mapping.files?.includes(file.file) ?? ('fields' in file && isGeneric(file, mapping.columns)),
  );
  const missing = mapping.files?.find((name) => !sniffed.some(({ file }) => file === name));
  if (missing !== undefined) {
    fail('missing-file', `dataset.json names the file ${missing}, which is not there.`, {
      file: datasetJsonName,
      place: 'files',
      expected: 'data files of the folder',
      found: missing,
    });
  }
  for (const [shape, format] of [
    ['json-lines', 'generic-jsonl'],
    ['delimited', 'generic-csv'],
  ] as const) {
    const files = wanted.filter((file) => file.shape === shape).map(({ file }) => file);
    if (files.length > 0) return { format, files: files.sort(compareBySplit) };
  }
  return null;
}

function isGeneric(file: Extract<Sniffed, { fields: ReadonlySet<string> }>, columns: DatasetJson['columns']): boolean {
  const { question, choices } = mapColumns(columns, file.fields);
  const needed = [question, ...(typeof choices === 'string' || choices === null ? [choices] : choices)];
  return needed.every((name) => name !== null && file.fields.has(name));
}

function hasAll(file: Extract<Sniffed, { fields: ReadonlySet<string> }>, fields: readonly string[]): boolean {
  return fields.every((field) => file.fields.has(field));
}

function failAgain({ kind, message, ...detail }: Failure): never {
  fail(kind, message, detail);
}

function describeFiles(files: readonly Sniffed[]): string {
  if (files.length === 0) return `no ${extensions.join(', ')} file`;
  const shown = files.slice(0, 10).map((file) => {
    if (file.shape === 'unknown') return `${file.file}: ${file.found}`;
    if ('fields' in file && file.fields.has('messages')) return `${file.file}: a prediction file`;
    return `${file.file}: ${file.shape} with ${[...file.fields].slice(0, 12).join(', ')}`;
  });
  return files.length > shown.length
    ? `${shown.join('; ')}; and ${files.length - shown.length} more`
    : shown.join('; ');
}
