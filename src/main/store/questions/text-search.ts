/**
 * Search for words in question, options, context and output. Each word has to be somewhere in them; the last one may
 * be unfinished. Whatever is typed reaches FTS5 as quoted strings: there is no query syntax to get wrong.
 */
import type { Connection } from '../connection.ts';
import { predictionPlacesOf, samplePlacesOf, type Places } from './places.ts';
import type { RunColumns } from './run-columns.ts';

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
    markMatches(connection, mask, 'samples_text', query, samplePlacesOf(connection, run));
    markMatches(connection, mask, 'outputs_text', query, predictionPlacesOf(connection, run));
    return mask;
  });
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
