/**
 * `dataset.json`: which columns of a generic JSONL or CSV folder hold what. Everything in it is optional; what it
 * leaves out is taken from columns with the usual names.
 */
import { z } from 'zod';
import { fail } from '../../shared/failure.ts';
import type { DatasetFolder } from './folder.ts';
import { answerRules } from './rows/answer-index.ts';
import { readJsonFile } from './text/json-file.ts';
import { isJsonObject } from './text/json-lines.ts';

export const datasetJsonName = 'dataset.json';

const columnName = z.string().min(1);

export const datasetJsonSchema = z.strictObject({
  /** For people; not used. */
  name: z.string().optional(),
  licence: z.string().min(1).optional(),
  license: z.string().min(1).optional(),
  /** Files to read, relative to the folder; all JSONL (or else all CSV and TSV) files when absent. */
  files: z.array(z.string().min(1)).min(1).optional(),
  /** Split of rows that neither a column nor the file's name places. */
  split: z.string().min(1).optional(),
  columns: z
    .strictObject({
      id: columnName.optional(),
      /** Path of an image file, relative to the data file or to the folder. */
      image: columnName.optional(),
      question: columnName.optional(),
      /** One column with a list, or one column for each choice. */
      choices: z.union([columnName, z.array(columnName).min(2).max(26)]).optional(),
      answer: columnName.optional(),
      domain: columnName.optional(),
      topic: columnName.optional(),
      category: columnName.optional(),
      context: columnName.optional(),
      rationale: columnName.optional(),
      split: columnName.optional(),
    })
    .default({}),
  /** How answers are written; `any` tells them apart row by row. */
  answers: z.enum(answerRules).default('any'),
  /** Number of the first choice where answers are indices. */
  firstIndex: z.union([z.literal(0), z.literal(1)]).default(0),
  /** Splits a text of choices that is not a JSON list. */
  choiceSeparator: z.string().min(1).optional(),
});
export type DatasetJson = z.infer<typeof datasetJsonSchema>;

/** The folder's `dataset.json`, or null without one that describes columns. Fails: `malformed-file`, `wrong-encoding`. */
export async function readDatasetJson(folder: DatasetFolder): Promise<DatasetJson | null> {
  const lookup = await folder.find([datasetJsonName]);
  if (lookup.kind !== 'found') return null;
  const document = await readJsonFile(await folder.resolve(lookup.path), lookup.path, 2 ** 20);
  // A file of that name that speaks of none of this is somebody else's.
  const known = Object.keys(datasetJsonSchema.shape);
  if (!isJsonObject(document) || !known.some((key) => Object.hasOwn(document, key))) return null;
  const parsed = datasetJsonSchema.safeParse(document);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue === undefined || issue.path.length === 0 ? 'the document' : issue.path.join('.');
  return fail('malformed-file', `${lookup.path} does not describe a dataset: ${issue?.message ?? 'invalid'}.`, {
    file: lookup.path,
    place,
    expected: 'columns, answers, firstIndex, choiceSeparator, files, split, licence',
    found: issue?.message ?? 'something else',
  });
}

/** Usual names of each column, in the order in which they are looked for. */
const usualNames = {
  id: ['id', 'question_id', 'qid', 'pid', 'index'],
  image: ['image', 'image_path', 'image_file', 'file_name'],
  question: ['question'],
  choices: ['choices', 'options'],
  answer: ['answer', 'label'],
  domain: ['domain', 'subject'],
  topic: ['topic'],
  category: ['category'],
  context: ['context', 'hint'],
  rationale: ['rationale', 'solution', 'explanation'],
  split: ['split'],
} as const;

export type ColumnRole = keyof typeof usualNames;
export type ColumnMap = Readonly<
  Record<Exclude<ColumnRole, 'choices'>, string | null> & { choices: string | readonly string[] | null }
>;

/** The column for each role: the mapped one, else the first usual name that is there; choices may be A, B, C, … */
export function mapColumns(mapped: DatasetJson['columns'], present: ReadonlySet<string>): ColumnMap {
  const one = (role: Exclude<ColumnRole, 'choices'>): string | null =>
    mapped[role] ?? usualNames[role].find((name) => present.has(name)) ?? null;
  return {
    id: one('id'),
    image: one('image'),
    question: one('question'),
    choices: mapped.choices ?? usualNames.choices.find((name) => present.has(name)) ?? lettered(present),
    answer: one('answer'),
    domain: one('domain'),
    topic: one('topic'),
    category: one('category'),
    context: one('context'),
    rationale: one('rationale'),
    split: one('split'),
  };
}

/** A, B, … as far as they go without a gap; null for fewer than two. */
function lettered(present: ReadonlySet<string>): string[] | null {
  const letters: string[] = [];
  for (let code = 65; code < 91 && present.has(String.fromCharCode(code)); code++)
    letters.push(String.fromCharCode(code));
  return letters.length < 2 ? null : letters;
}
