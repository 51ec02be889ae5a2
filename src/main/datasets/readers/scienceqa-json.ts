/**
 * ScienceQA as originally released: `problems.json` keyed by question id, images in `images/{split}/{id}/`. A
 * question that names no split is looked up in `pid_splits.json` beside it.
 */
import { posix } from 'node:path';
import { nameImage } from '../image-names.ts';
import { fileProblem, problemRow, type Reader, type ReaderContext, type ReaderRow } from '../reader.ts';
import { rowToSample, textOf } from '../rows/row-to-sample.ts';
import { normaliseSplit, unnamedSplit } from '../split-name.ts';
import { readJsonDocument, readJsonFile } from '../text/json-file.ts';
import { repeatedKeys } from '../text/repeated-keys.ts';
import { isJsonObject, typeName, type JsonObject } from '../text/json-lines.ts';
import { scienceqaFieldsOf } from './scienceqa-row.ts';

const batchRows = 1000;

/**
 * Reads the given files. Rows are numbered by position; questions whose ids are whole numbers come in ascending
 * order, as JSON objects of this runtime keep them.
 */
export function scienceqaJsonReader({ folder }: ReaderContext, files: readonly string[]): Reader {
  return {
    format: 'scienceqa-json',
    async *rows() {
      for (const file of files) {
        let problems: unknown;
        let repeated: readonly string[];
        let splits: ReadonlyMap<string, string>;
        try {
          const { value, text } = await readJsonDocument(await folder.resolve(file), file);
          problems = value;
          repeated = repeatedKeys(text);
          splits = await splitsBeside(file);
        } catch (error) {
          yield [fileProblem(error, file)];
          continue;
        }
        if (!isJsonObject(problems)) continue;
        let batch: ReaderRow[] = repeated.map((id) => repeatedQuestion(file, id));
        let row = 0;
        for (const [id, problem] of Object.entries(problems)) {
          row += 1;
          batch.push(await rowOf(id, problem, { file, row, splits }));
          if (batch.length < batchRows) continue;
          yield batch;
          batch = [];
        }
        yield batch;
      }
    },
  };

  async function rowOf(
    id: string,
    problem: unknown,
    { file, row, splits }: Readonly<{ file: string; row: number; splits: ReadonlyMap<string, string> }>,
  ): Promise<ReaderRow> {
    const place = `question ${id}`;
    if (!isJsonObject(problem)) {
      return problemRow(file, row, {
        kind: 'malformed-row',
        message: `${file}, ${place}: the question is not an object.`,
        file,
        place,
        expected: 'an object',
        found: typeName(problem),
      });
    }
    const writtenSplit = textOf(problem.split) ?? splits.get(id) ?? unnamedSplit;
    const named = await imageOf(id, problem, writtenSplit, file, place);
    const fields = scienceqaFieldsOf(problem, id, normaliseSplit(writtenSplit), named?.image ?? null);
    const result = rowToSample(fields, { file, place, answers: 'index', answerRequired: true });
    if (result.kind === 'failure') return problemRow(file, row, result.failure);
    return {
      kind: 'sample',
      file,
      row,
      sample: result.sample,
      imageIdentity: named?.imageIdentity ?? null,
      ...(named?.warning !== undefined && { warning: named.warning }),
    };
  }

  async function imageOf(id: string, problem: JsonObject, split: string, file: string, place: string) {
    const name = problem.image;
    if (typeof name !== 'string' || name === '') return null;
    // The file's own name is the same for all questions; the question's folder tells them apart.
    const written = `images/${split}/${id}/${name}`;
    const paths = [written, `${split}/${id}/${name}`, `images/${id}/${name}`];
    const base = posix.dirname(file);
    const candidates = [...paths.map((path) => posix.join(base, path)), ...paths];
    return nameImage(folder, written, { file, place, candidates });
  }

  async function splitsBeside(file: string): Promise<ReadonlyMap<string, string>> {
    const splits = new Map<string, string>();
    const lookup = await folder.find([posix.join(posix.dirname(file), 'pid_splits.json')]);
    if (lookup.kind !== 'found') return splits;
    const document = await readJsonFile(await folder.resolve(lookup.path), lookup.path);
    if (!isJsonObject(document)) return splits;
    for (const [split, ids] of Object.entries(document)) {
      if (!Array.isArray(ids)) continue;
      // `minival` and the like repeat questions of train, val and test, which come first in the file.
      for (const id of ids) if (typeof id === 'string' && !splits.has(id)) splits.set(id, split);
    }
    return splits;
  }
}

function repeatedQuestion(file: string, id: string): ReaderRow {
  const place = `question ${id}`;
  return problemRow(file, null, {
    kind: 'duplicate-id',
    message: `${file}: the id ${id} is used more than once.`,
    file,
    place,
    expected: 'an id of its own for each question',
    found: 'the same id again',
    action: 'The last question of that id counts.',
  });
}
