/**
 * The JSON Lines shape: `messages` is [prompt, output, …], the last one is the answer that is scored. Outputs are
 * kept exactly as they are, end-of-sequence markers included: scorers differ in what they make of them.
 */
import type { Failure, FailureKind } from '../../../shared/failure.ts';
import { choiceLetter } from '../../../shared/sample.ts';
import { readAnswer } from '../rows/answer-index.ts';
import { textOf } from '../rows/row-to-sample.ts';
import { readJsonLines, shorten, typeName, type JsonObject } from '../text/json-lines.ts';
import type { PredictionRow } from './parse-prediction-file.ts';
import { choicesOfPrompt } from './prompt-choices.ts';

/** The rows of the file, ids not yet unique. */
export async function* parseMessageLines(
  path: string,
  file: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<PredictionRow> {
  for await (const lines of readJsonLines(path, { file, signal })) {
    for (const line of lines) {
      yield line.kind === 'object' ? parseRow(line.object, line.row, file) : rejected(line.row, file, line.failure);
    }
  }
}

function parseRow(object: JsonObject, row: number, file: string): PredictionRow {
  const place = `line ${row}`;
  const problem = (what: string, expected: string, found: string, kind: FailureKind = 'malformed-row'): Failure => ({
    kind,
    message: `${file}, ${place}: ${what}.`,
    file,
    place,
    expected,
    found,
  });

  const sampleId = textOf(object.id);
  if (sampleId === null || sampleId.trim() === '') {
    return rejected(row, file, problem('the row has no id', 'an id', typeName(object.id)));
  }
  if (!Array.isArray(object.messages) || object.messages.length === 0) {
    return rejected(row, file, problem('the row has no messages', '[prompt, output, …]', typeName(object.messages)));
  }
  const messages: string[] = [];
  for (const [index, message] of object.messages.entries()) {
    const text = textOf(message);
    if (text === null) {
      return rejected(row, file, problem(`message ${index + 1} is not text`, 'text', typeName(message)));
    }
    messages.push(text);
  }

  const mended: Failure[] = [];
  if (messages.length === 1) {
    mended.push(problem('there is a prompt and no output; the output counts as empty', 'an output', 'nothing'));
    messages.push('');
  }
  let choices = textsOf(object.choices);
  if (choices === null) {
    choices = choicesOfPrompt(messages[0] ?? '');
    const source = choices === null ? 'none are known' : 'those in the prompt are used';
    mended.push(problem(`the row has no list of choices; ${source}`, 'a list of texts', typeName(object.choices)));
  }
  const answerIndex = goldIndex(object.answer);
  if (answerIndex === null) {
    mended.push(problem('the row has no answer', 'a letter, or an index from 0', describe(object.answer)));
  } else if (choices !== null && answerIndex >= choices.length) {
    const expected = `A to ${choiceLetter(choices.length - 1)}`;
    const what = 'the answer is none of the choices, which may be stale; it is kept';
    mended.push(problem(what, expected, describe(object.answer), 'answer-out-of-range'));
  }
  return {
    row,
    prediction: {
      sampleId,
      choices,
      answerIndex,
      domain: textOf(object.domain),
      topic: textOf(object.topic),
      category: textOf(object.category),
      messages,
      outputText: messages.at(-1) ?? '',
      predictedIndex: null,
    },
    problem: mended[0] === undefined ? null : { file, row, failure: combined(mended[0], mended.slice(1)) },
  };
}

/** The letter or index, whether or not the row's choices reach so far. */
function goldIndex(value: unknown): number | null {
  const letters = Array.from({ length: 26 }, (_, index) => choiceLetter(index));
  const reading = readAnswer(value, letters, typeof value === 'string' && /[A-Za-z]/.test(value) ? 'letter' : 'index');
  return reading.kind === 'index' ? reading.index : null;
}

function textsOf(value: unknown): string[] | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  const texts = value.map(textOf);
  return texts.every((text) => text !== null) ? texts : null;
}

function rejected(row: number, file: string, failure: Failure): PredictionRow {
  return { row, prediction: null, problem: { file, row, failure } };
}

function combined(first: Failure, others: readonly Failure[]): Failure {
  if (others.length === 0) return first;
  return { ...first, message: [first, ...others].map(({ message }) => message).join(' ') };
}

function describe(value: unknown): string {
  return typeof value === 'string' ? shorten(JSON.stringify(value)) : typeName(value);
}
