/**
 * CSV and TSV (RFC 4180 with a header) row by row, with each cell's place in the file: VLMEvalKit keeps images as
 * base64 in a cell, and an image is later read from that place alone. A row that is malformed is reported, reading
 * goes on at the next line, and memory holds one row and what was read with it.
 */
import { isUtf8 } from 'node:buffer';
import type { Failure } from '../../../shared/failure.ts';
import { failIfCancelled } from '../cancelled.ts';
import { openByteRanges, type ByteRanges } from '../byte-ranges.ts';
import { parseRecord, type RecordCell } from './delimited-record.ts';
import { defaultMaxLineBytes, notUtf8, refuseWideEncodings } from './lines.ts';

export type Cell = Readonly<{
  /** Offsets in the file, without the quotes. */
  startByte: number;
  endByte: number;
  /** The raw bytes there; valid until the next batch is asked for. */
  bytes: Buffer;
  /** The cell's text, quotes resolved. */
  text: () => string;
}>;

export type DelimitedRow =
  | Readonly<{ kind: 'row'; row: number; cells: readonly Cell[] }>
  | Readonly<{ kind: 'failure'; row: number; failure: Failure }>;

export type DelimitedOptions = Readonly<{
  file: string;
  delimiter: 'tab' | 'comma';
  signal?: AbortSignal | undefined;
  maxRowBytes?: number;
}>;

const newline = 0x0a;
const readBytes = 2 ** 18;

/**
 * Yields rows, the header first, in batches; `row` is the number of the row's first line. Blank lines are skipped.
 * Fails: `wrong-encoding` (UTF-16, UTF-32), `cancelled`, and the system's failures.
 */
export async function* readDelimited(path: string, options: DelimitedOptions): AsyncGenerator<readonly DelimitedRow[]> {
  const { file, signal } = options;
  const source = await openByteRanges(path, file);
  try {
    const head = await source.read(0, Math.min(4, source.sizeBytes));
    refuseWideEncodings(head, file);
    const start = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
    yield* rowsOf(source, start, { maxRowBytes: defaultMaxLineBytes, ...options }, () => failIfCancelled(signal, file));
  } finally {
    await source.close();
  }
}

async function* rowsOf(
  source: ByteRanges,
  start: number,
  { file, delimiter, maxRowBytes }: DelimitedOptions & { maxRowBytes: number },
  checkCancelled: () => void,
): AsyncGenerator<readonly DelimitedRow[]> {
  const delimiterByte = delimiter === 'tab' ? 0x09 : 0x2c;
  /** Bytes [offset, offset + held.length) of the file, of which the rows before `at` are done. */
  let held: Buffer = Buffer.alloc(0);
  let offset = start;
  let row = 1;
  let isSkipping = false;
  const tooLong = (): DelimitedRow => malformed(file, row, `at most ${maxRowBytes} bytes in a row`, 'more');

  while (offset + held.length < source.sizeBytes || held.length > 0) {
    checkCancelled();
    // Doubling keeps the work linear in a row's length.
    const from = offset + held.length;
    const more = await source.read(from, Math.min(source.sizeBytes, from + Math.max(readBytes, held.length)));
    held = held.length === 0 ? more : Buffer.concat([held, more]);
    const isEnd = offset + held.length >= source.sizeBytes;
    const batch: DelimitedRow[] = [];
    let at = 0;
    while (at < held.length) {
      if (isSkipping) {
        const end = held.indexOf(newline, at);
        at = end === -1 ? held.length : end + 1;
        if (end === -1) continue;
        isSkipping = false;
        row += 1;
        continue;
      }
      const record = parseRecord(held, at, delimiterByte, isEnd);
      if (record.kind === 'more') {
        if (held.length - at <= maxRowBytes) break;
        batch.push(tooLong());
        isSkipping = true;
        continue;
      }
      if (record.kind === 'malformed') {
        batch.push(malformed(file, row, record.expected, record.found));
        isSkipping = true;
        continue;
      }
      if (record.end - at > maxRowBytes) {
        batch.push(tooLong());
        isSkipping = true;
        continue;
      }
      const bytes = held.subarray(at, record.end);
      if (!isBlank(record.cells)) {
        batch.push(
          isUtf8(bytes)
            ? { kind: 'row', row, cells: record.cells.map((cell) => cellOf(held, offset, cell)) }
            : { kind: 'failure', row, failure: notUtf8(file, `line ${row}`) },
        );
      }
      row += lineCount(bytes, record.cells);
      at = record.end;
    }
    offset += at;
    held = held.subarray(at);
    if (batch.length > 0) yield batch;
  }
}

function cellOf(held: Buffer, offset: number, { start, end, hasEscapes }: RecordCell): Cell {
  const bytes = held.subarray(start, end);
  return {
    startByte: offset + start,
    endByte: offset + end,
    bytes,
    text: () => (hasEscapes ? bytes.toString('utf8').replaceAll('""', '"') : bytes.toString('utf8')),
  };
}

function isBlank(cells: readonly RecordCell[]): boolean {
  const [first] = cells;
  return cells.length === 1 && first !== undefined && first.start === first.end;
}

/** Lines that a row takes: one, unless a quoted cell holds line ends. */
function lineCount(bytes: Buffer, cells: readonly RecordCell[]): number {
  if (!cells.some(({ isQuoted }) => isQuoted)) return 1;
  let count = 0;
  for (let at = bytes.indexOf(newline); at !== -1; at = bytes.indexOf(newline, at + 1)) count += 1;
  return Math.max(1, count);
}

function malformed(file: string, row: number, expected: string, found: string): DelimitedRow {
  const place = `line ${row}`;
  const failure: Failure = {
    kind: 'malformed-row',
    message: `${file}, ${place}: the row cannot be read.`,
    file,
    place,
    expected,
    found,
  };
  return { kind: 'failure', row, failure };
}
