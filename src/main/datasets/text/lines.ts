/**
 * A text file line by line, in batches, with bounded memory: a line longer than the limit is skipped and
 * reported, a line that is not UTF-8 is reported, and neither stops the rest. Row numbers count from 1 and include
 * blank lines, so that they are the numbers an editor shows.
 */
import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { fail, type Failure } from '../../../shared/failure.ts';
import { failIfCancelled } from '../cancelled.ts';
import { failFromSystem } from '../../files/io-failure.ts';

export type Line =
  Readonly<{ kind: 'line'; row: number; text: string }> | Readonly<{ kind: 'failure'; row: number; failure: Failure }>;

export type LineOptions = Readonly<{
  /** The file's name in failures. */
  file: string;
  signal?: AbortSignal | undefined;
  maxLineBytes?: number;
}>;

/** Far above any real row: M3CoT's longest is a few kilobytes, a TSV row with its image a few megabytes. */
export const defaultMaxLineBytes = 64 * 2 ** 20;

const newline = 0x0a;

/**
 * Yields the lines that are not blank, without their line ends. A UTF-8 byte-order mark is dropped.
 * Fails: `wrong-encoding` (UTF-16, UTF-32), `cancelled`, and the system's failures.
 */
export async function* readLines(path: string, options: LineOptions): AsyncGenerator<readonly Line[]> {
  const { file, signal, maxLineBytes = defaultMaxLineBytes } = options;
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  let row = 0;
  let isFirstChunk = true;

  const finishLine = (batch: Line[], tail: Buffer): void => {
    row += 1;
    const length = pendingBytes + tail.length;
    if (length > maxLineBytes) batch.push(tooLong(file, row, length, maxLineBytes));
    else decode(pendingBytes === 0 ? tail : Buffer.concat([...pending, tail]), file, row, batch);
    pending = [];
    pendingBytes = 0;
  };

  for await (const read of chunksOf(path, signal)) {
    let chunk = read;
    if (isFirstChunk) {
      isFirstChunk = false;
      refuseWideEncodings(chunk, file);
      if (chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf) chunk = chunk.subarray(3);
    }
    const batch: Line[] = [];
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      finishLine(batch, chunk.subarray(start, end));
      start = end + 1;
    }
    if (start < chunk.length) {
      pendingBytes += chunk.length - start;
      // Beyond the limit only the length is kept.
      if (pendingBytes <= maxLineBytes) pending.push(chunk.subarray(start));
      else pending = [];
    }
    if (batch.length > 0) yield batch;
  }
  if (pendingBytes > 0) {
    const batch: Line[] = [];
    finishLine(batch, Buffer.alloc(0));
    if (batch.length > 0) yield batch;
  }
}

/** The file's bytes in pieces of 1 MiB. Fails: `cancelled`, and the system's failures. */
export async function* chunksOf(path: string, signal?: AbortSignal): AsyncGenerator<Buffer> {
  const stream = createReadStream(path, { highWaterMark: 2 ** 20 });
  try {
    for await (const chunk of stream) {
      failIfCancelled(signal, path);
      yield chunk as Buffer;
    }
  } catch (error) {
    failFromSystem(error, path);
  } finally {
    stream.destroy();
  }
}

/** Fails with `wrong-encoding` where the first bytes are those of UTF-16 or UTF-32. */
export function refuseWideEncodings(head: Uint8Array, file: string): void {
  const [a, b, c, d] = head;
  const found =
    (a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)
      ? 'a UTF-16 byte-order mark'
      : (a === 0 && b === 0 && c === 0xfe && d === 0xff) || (head.length >= 4 && isWideAscii(head))
        ? 'text in UTF-16 or UTF-32'
        : null;
  if (found === null) return;
  fail('wrong-encoding', `${file} is not UTF-8.`, {
    file,
    place: 'line 1',
    expected: 'UTF-8',
    found,
    action: 'Convert the file to UTF-8.',
  });
}

/** ASCII with a NUL before or after each of the first two characters. */
function isWideAscii([a = 0, b = 0, c = 0, d = 0]: Uint8Array): boolean {
  return (a !== 0 && b === 0 && c !== 0 && d === 0) || (a === 0 && b !== 0 && c === 0 && d !== 0);
}

function decode(bytes: Buffer, file: string, row: number, batch: Line[]): void {
  const end = bytes.at(-1) === 0x0d ? bytes.length - 1 : bytes.length;
  if (end === 0) return;
  if (!isUtf8(bytes)) {
    batch.push({ kind: 'failure', row, failure: notUtf8(file, `line ${row}`) });
    return;
  }
  const text = bytes.toString('utf8', 0, end);
  if (/\S/.test(text)) batch.push({ kind: 'line', row, text });
}

/** The failure of text that is not UTF-8. */
export function notUtf8(file: string, place: string): Failure {
  return {
    kind: 'wrong-encoding',
    message: `${file}, ${place}: the text is not UTF-8.`,
    file,
    place,
    expected: 'UTF-8',
    found: 'bytes that are not UTF-8',
    action: 'Convert the file to UTF-8.',
  };
}

function tooLong(file: string, row: number, length: number, limit: number): Line {
  return {
    kind: 'failure',
    row,
    failure: {
      kind: 'malformed-row',
      message: `${file}, line ${row}: the line is too long to be a question.`,
      file,
      place: `line ${row}`,
      expected: `at most ${limit} bytes`,
      found: `${length} bytes`,
    },
  };
}
