/**
 * Prediction files: a model's stored outputs, analysed without the model. Two shapes, told apart by content: JSON
 * Lines of `{id, choices, answer, domain, topic, messages}` (M3CoT's published files, IVT-LR's own output), and
 * ScienceQA's `{"results": {pid: index}}`. A row that cannot be used is reported, a row that lacks something stays
 * with what is missing null, and nothing stops the rest.
 */
import { basename } from 'node:path';
import { fail } from '../../../shared/failure.ts';
import type { DatasetProblem } from '../../../shared/sample.ts';
import { openFolder } from '../folder.ts';
import { sniffFile } from '../sniff.ts';
import { parseMessageLines } from './message-lines.ts';
import { parseResultsFile } from './results-file.ts';

export type ParsedPrediction = Readonly<{
  sampleId: string;
  /** From the file, else from the prompt's own list of choices (with a problem that says so), else null. */
  choices: readonly string[] | null;
  /**
   * 0-based gold choice as the file says it, or null. It may lie beyond `choices`: some published files carry
   * stale choices, and their answer is still the gold letter.
   */
  answerIndex: number | null;
  domain: string | null;
  topic: string | null;
  category: string | null;
  /** [prompt, output, …], or null where the file holds only results. */
  messages: readonly string[] | null;
  /** The last message; for results, the raw output where the file has it, else the predicted index as text. */
  outputText: string;
  /** The choice that the file itself says was predicted (results only). */
  predictedIndex: number | null;
}>;

/** One row: a prediction, a problem, or a prediction that was mended and the problem that says how. */
export type PredictionRow = Readonly<{
  /** 1-based line, or position among the results. */
  row: number;
  prediction: ParsedPrediction | null;
  problem: DatasetProblem | null;
}>;

export type ParseOptions = Readonly<{ signal?: AbortSignal }>;

/**
 * The rows of a prediction file in order; ids are unique (a second row of an id is reported and left out).
 * Fails: `missing-file`, `unknown-format`, `malformed-file`, `wrong-encoding`, `permission-denied`, `cancelled`.
 */
export async function* parsePredictionFile(path: string, options: ParseOptions = {}): AsyncGenerator<PredictionRow> {
  const { onlyFile } = await openFolder(path);
  const file = onlyFile ?? basename(path);
  if (onlyFile === null) refuse(path, 'a folder');
  const sniffed = await sniffFile(path, file);
  if (sniffed.shape === 'unknown') {
    if (sniffed.failure === null) return refuse(path, sniffed.found);
    const { kind, message, ...detail } = sniffed.failure;
    return fail(kind, message, detail);
  }
  if (sniffed.shape === 'parquet') return refuse(path, 'a parquet file');
  if (sniffed.shape === 'delimited') return refuse(path, 'a table');
  if (sniffed.shape === 'json-lines' && sniffed.fields.has('messages')) {
    return yield* uniqueIds(parseMessageLines(path, file, options.signal), file);
  }
  if (sniffed.shape === 'json-lines' && sniffed.fields.has('question') && !sniffed.fields.has('results')) {
    return refuse(path, 'a dataset’s rows: they have no messages');
  }
  return yield* uniqueIds(parseResultsFile(path, file), file);
}

function refuse(path: string, found: string): never {
  return fail('unknown-format', `${path} is not a prediction file.`, {
    file: path,
    expected:
      'JSON Lines of {id, choices, answer, domain, topic, messages}, or one JSON object {"results": {question: index}}',
    found,
  });
}

async function* uniqueIds(rows: AsyncIterable<PredictionRow>, file: string): AsyncGenerator<PredictionRow> {
  const firstRows = new Map<string, number>();
  for await (const item of rows) {
    const id = item.prediction?.sampleId;
    const first = id === undefined ? undefined : firstRows.get(id);
    if (id === undefined || first === undefined) {
      if (id !== undefined) firstRows.set(id, item.row);
      yield item;
      continue;
    }
    const problem = {
      file,
      row: item.row,
      failure: {
        kind: 'duplicate-id',
        message: `${file}, line ${item.row}: the question ${id} already has an answer.`,
        file,
        place: `line ${item.row}`,
        expected: 'one row for each question',
        found: `the same id at line ${first}`,
        action: 'The first row counts; this one is left out.',
      },
    } as const;
    yield { row: item.row, prediction: null, problem };
  }
}
