/**
 * Search for words in question, options, context and output. Each word has to be somewhere in them; the last one may
 * be unfinished. Whatever is typed reaches FTS5 as quoted strings: there is no query syntax to get wrong.
 */
import type { Connection } from '../connection.ts';
import { maskOf, type RunColumns } from './run-columns.ts';

/** 1 where all words of `text` are; nothing matches a text without letters and digits. */
export function textMask(connection: Connection, run: RunColumns, text: string): Uint8Array {
  const words = text
    .replaceAll('\0', ' ')
    .split(/\s+/u)
    .filter((word) => /[\p{L}\p{N}]/u.test(word));
  if (words.length === 0) return new Uint8Array(run.size);
  const masks = words.map((word, index) => wordMask(connection, run, word, index === words.length - 1));
  return masks.reduce((all, mask) => all.map((value, position) => value & (mask[position] ?? 0)));
}

function wordMask(connection: Connection, run: RunColumns, word: string, isPrefix: boolean): Uint8Array {
  const query = `"${word.replaceAll('"', '""')}"${isPrefix ? ' *' : ''}`;
  return run.kept(`word ${query}`, () => {
    const mask = new Uint8Array(run.size);
    const { samples, answers } = rowRanges(connection, run);
    const { runRow, size } = run;
    const inQuestion = maskOf(
      size,
      connection,
      `SELECT position FROM samples_text CROSS JOIN planned_questions
         ON planned_questions.sample_row = samples_text.rowid AND planned_questions.run_row = :runRow
       WHERE samples_text MATCH :query AND samples_text.rowid BETWEEN :low AND :high`,
      { runRow, query, ...samples },
    );
    const inOutput = maskOf(
      size,
      connection,
      `SELECT position FROM outputs_text CROSS JOIN predictions
         ON predictions.prediction_row = outputs_text.rowid AND predictions.run_row = :runRow
       WHERE outputs_text MATCH :query AND outputs_text.rowid BETWEEN :low AND :high`,
      { runRow, query, ...answers },
    );
    return mask.map((_, position) => (inQuestion[position] ?? 0) | (inOutput[position] ?? 0));
  });
}

type RowRange = Readonly<{ low: number; high: number }>;

/** The index holds every run: only the part around this one's rows is looked at. */
function rowRanges(
  connection: Connection,
  { runRow, kept }: RunColumns,
): Readonly<{ samples: RowRange; answers: RowRange }> {
  return kept('row ranges', () => {
    const rangeOf = (sql: string): RowRange => {
      const [low, high] = connection.rows<[number | null, number | null]>(sql, { runRow })[0] ?? [null, null];
      return { low: low ?? 0, high: high ?? -1 };
    };
    return {
      samples: rangeOf('SELECT min(sample_row), max(sample_row) FROM planned_questions WHERE run_row = :runRow'),
      answers: rangeOf('SELECT min(prediction_row), max(prediction_row) FROM predictions WHERE run_row = :runRow'),
    };
  });
}
