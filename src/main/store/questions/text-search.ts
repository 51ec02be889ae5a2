/**
 * Search for words in question, options, context and output. Each word has to be somewhere in them; the last one may
 * be unfinished. Whatever is typed reaches FTS5 as quoted strings: there is no query syntax to get wrong.
 */
import type { Connection } from '../connection.ts';
import { predictionRowsOf, sampleRowsOf, type RunColumns } from './run-columns.ts';

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
    markMatches(
      connection,
      mask,
      'samples_text',
      query,
      run.kept('places of samples', () => placesOf(sampleRowsOf(connection, run))),
    );
    markMatches(
      connection,
      mask,
      'outputs_text',
      query,
      run.kept('places of answers', () => placesOf(predictionRowsOf(connection, run))),
    );
    return mask;
  });
}

/** Positions by row: an array from the lowest row on, or a map where the run's rows lie far apart. */
type Places = Readonly<{ low: number; high: number; positionOf: (row: number) => number | undefined }>;

/** A common word gives a run's every row: looking them up here is several times faster than a join. */
function placesOf(rows: Float64Array): Places {
  let low = Infinity;
  let high = -1;
  for (const row of rows) {
    if (row < low) low = row;
    if (row > high) high = row;
  }
  if (high - low > rows.length * 4) {
    const places = new Map<number, number>();
    rows.forEach((row, position) => places.set(row, position));
    return { low, high, positionOf: (row) => places.get(row) };
  }
  const places = new Int32Array(Math.max(0, high - low + 1)).fill(-1);
  rows.forEach((row, position) => {
    if (!Number.isNaN(row)) places[row - low] = position;
  });
  return { low, high, positionOf: (row) => places[row - low] };
}

/** The index holds every run: only the part around this one's rows is looked at. */
function markMatches(
  connection: Connection,
  mask: Uint8Array,
  table: 'samples_text' | 'outputs_text',
  query: string,
  { low, high, positionOf }: Places,
): void {
  if (high < 0) return;
  const sql = `SELECT rowid FROM ${table} WHERE ${table} MATCH :query AND rowid BETWEEN :low AND :high`;
  for (const row of connection.values<number>(sql, { query, low, high })) {
    const position = positionOf(row);
    if (position !== undefined && position >= 0) mask[position] = 1;
  }
}
