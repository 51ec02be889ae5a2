/** One record of CSV or TSV in a buffer: where its cells are. Offsets are into the buffer. */

export type RecordCell = Readonly<{ start: number; end: number; isQuoted: boolean; hasEscapes: boolean }>;

export type RecordReading =
  | Readonly<{ kind: 'record'; cells: readonly RecordCell[]; end: number }>
  /** The buffer ends inside the record, and more bytes follow it in the file. */
  | Readonly<{ kind: 'more' }>
  | Readonly<{ kind: 'malformed'; expected: string; found: string }>;

const quote = 0x22;
const newline = 0x0a;
const carriageReturn = 0x0d;

/** Reads the record that starts at `start`; `isEnd`: the buffer's end is the file's. */
export function parseRecord(buffer: Buffer, start: number, delimiter: number, isEnd: boolean): RecordReading {
  const cells: RecordCell[] = [];
  let at = start;
  let lineEnd = -1;
  for (;;) {
    if (buffer[at] === quote) {
      const closing = closingQuote(buffer, at + 1);
      if (closing === null || (closing.at + 1 >= buffer.length && !isEnd)) {
        if (!isEnd) return { kind: 'more' };
        if (closing === null) return { kind: 'malformed', expected: 'a closing quote', found: 'the end of the file' };
      }
      cells.push({ start: at + 1, end: closing.at, isQuoted: true, hasEscapes: closing.hasEscapes });
      let next = closing.at + 1;
      if (buffer[next] === delimiter) {
        at = next + 1;
        continue;
      }
      if (buffer[next] === carriageReturn) next += 1;
      if (next >= buffer.length) return isEnd ? { kind: 'record', cells, end: buffer.length } : { kind: 'more' };
      if (buffer[next] === newline) return { kind: 'record', cells, end: next + 1 };
      return { kind: 'malformed', expected: 'a delimiter or a line end after a closing quote', found: 'other text' };
    }
    // Looked for once for a line, however many cells it has.
    if (lineEnd < at) lineEnd = buffer.indexOf(newline, at);
    if (lineEnd === -1 && !isEnd) return { kind: 'more' };
    const end = lineEnd === -1 ? buffer.length : lineEnd;
    const next = buffer.indexOf(delimiter, at);
    if (next !== -1 && next < end) {
      cells.push({ start: at, end: next, isQuoted: false, hasEscapes: false });
      at = next + 1;
      continue;
    }
    const textEnd = end > at && buffer[end - 1] === carriageReturn ? end - 1 : end;
    cells.push({ start: at, end: textEnd, isQuoted: false, hasEscapes: false });
    return { kind: 'record', cells, end: lineEnd === -1 ? buffer.length : lineEnd + 1 };
  }
}

function closingQuote(buffer: Buffer, from: number): { at: number; hasEscapes: boolean } | null {
  let hasEscapes = false;
  for (let at = buffer.indexOf(quote, from); at !== -1; at = buffer.indexOf(quote, at + 2)) {
    if (buffer[at + 1] !== quote) return { at, hasEscapes };
    hasEscapes = true;
  }
  return null;
}
