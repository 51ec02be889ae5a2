/**
 * ScienceQA's shape: one JSON object with `results`, a predicted index (or letter) for each question, and perhaps
 * `outputs`, the raw text for each. It holds no questions: choices and answers come from the dataset opened beside
 * it. An index below 0 is how such files say that nothing was read.
 */
import { fail } from '../../../shared/failure.ts';
import type { DatasetProblem } from '../../../shared/sample.ts';
import { textOf } from '../rows/row-to-sample.ts';
import { readJsonDocument } from '../text/json-file.ts';
import { isJsonObject, shorten, typeName, type JsonObject } from '../text/json-lines.ts';
import { repeatedKeys } from '../text/repeated-keys.ts';
import type { PredictionRow } from './parse-prediction-file.ts';

/**
 * The rows in the file's order; questions whose names are whole numbers come first, in ascending order, as JSON
 * objects of this runtime keep them. Fails: `malformed-file`, `wrong-encoding`, `unknown-format`.
 */
export async function* parseResultsFile(path: string, file: string): AsyncGenerator<PredictionRow> {
  const { value, text } = await readJsonDocument(path, file);
  const { results, outputs } = resultsOf(value, file);
  const repeated = new Set(repeatedKeys(text, 'results'));
  let row = 0;
  for (const [sampleId, result] of Object.entries(results)) {
    row += 1;
    const output = Object.hasOwn(outputs, sampleId) ? textOf(outputs[sampleId]) : null;
    const { prediction, problem } = rowOf({ row, file, sampleId, result, output });
    yield { row, prediction, problem: repeated.has(sampleId) ? repeatedResult(file, row, sampleId) : problem };
  }
}

function resultsOf(document: unknown, file: string): Readonly<{ results: JsonObject; outputs: JsonObject }> {
  if (isJsonObject(document) && isJsonObject(document.results)) {
    return { results: document.results, outputs: isJsonObject(document.outputs) ? document.outputs : {} };
  }
  return fail('unknown-format', `${file} is not a prediction file.`, {
    file,
    expected:
      'JSON Lines of {id, choices, answer, domain, topic, messages}, or one JSON object {"results": {question: index}}',
    found: isJsonObject(document)
      ? `an object with ${shorten(Object.keys(document).slice(0, 8).join(', '))}`
      : typeName(document),
  });
}

type Entry = Readonly<{ row: number; file: string; sampleId: string; result: unknown; output: string | null }>;

function rowOf({ row, file, sampleId, result, output }: Entry): PredictionRow {
  const text = textOf(result)?.trim() ?? '';
  const index = /^[A-Z]$/.test(text) ? text.charCodeAt(0) - 65 : /^-?\d{1,3}$/.test(text) ? Number(text) : null;
  const isUsable = index !== null && sampleId.trim() !== '';
  if (!isUsable && (output === null || sampleId.trim() === '')) {
    const place = `results.${sampleId}`;
    return {
      row,
      prediction: null,
      problem: {
        file,
        row,
        failure: {
          kind: 'malformed-row',
          message: `${file}, ${place}: the result is not the index of a choice.`,
          file,
          place,
          expected: 'a whole number, or a letter',
          found: typeof result === 'string' ? shorten(JSON.stringify(result)) : typeName(result),
        },
      },
    };
  }
  return {
    row,
    prediction: {
      sampleId,
      choices: null,
      answerIndex: null,
      domain: null,
      topic: null,
      category: null,
      messages: null,
      outputText: output ?? String(index),
      predictedIndex: index !== null && index >= 0 ? index : null,
    },
    problem: null,
  };
}

function repeatedResult(file: string, row: number, sampleId: string): DatasetProblem {
  const place = `results.${sampleId}`;
  return {
    file,
    row,
    failure: {
      kind: 'duplicate-id',
      message: `${file}, ${place}: the question has more than one result.`,
      file,
      place,
      expected: 'one result for each question',
      found: 'the same id again',
      action: 'The last result counts.',
    },
  };
}
