/**
 * What a data file is, by its content: the first bytes, then the first rows' field names. File names only say
 * which files are looked at. A file that cannot be told apart is `unknown` with a reason, so that a folder in
 * which nothing fits can be explained.
 */
import { open } from 'node:fs/promises';
import type { Failure } from '../../shared/failure.ts';
import { failureOf } from '../../shared/failure.ts';
import { failFromSystem } from '../files/io-failure.ts';
import type { ParquetFiles } from './parquet/parquet-files.ts';
import { isJsonObject } from './text/json-lines.ts';
import { refuseWideEncodings } from './text/lines.ts';

export type Sniffed = Readonly<{ file: string }> &
  (
    | Readonly<{ shape: 'parquet'; fields: ReadonlySet<string> }>
    /** One JSON object for the whole file, keyed by question. */
    | Readonly<{ shape: 'keyed-json'; fields: ReadonlySet<string> }>
    | Readonly<{ shape: 'json-lines'; fields: ReadonlySet<string> }>
    | Readonly<{ shape: 'delimited'; delimiter: 'tab' | 'comma'; fields: ReadonlySet<string> }>
    | Readonly<{ shape: 'unknown'; found: string; failure: Failure | null }>
  );

/** Enough for the first rows of any text format, and for a header. */
const headBytes = 2 ** 18;

/** Looks at the head of one file, and at a parquet file's footer where `parquetFiles` is given. A file that cannot be read, or is in a wrong encoding, is `unknown` with its failure. */
export async function sniffFile(path: string, file: string, parquetFiles?: ParquetFiles): Promise<Sniffed> {
  try {
    const { head, sizeBytes } = await readHead(path);
    if (head.toString('latin1', 0, 4) === 'PAR1') {
      const columns = (await parquetFiles?.open(file))?.columns ?? [];
      return { file, shape: 'parquet', fields: new Set(columns) };
    }
    return sniffHead(head, sizeBytes, file);
  } catch (error) {
    const failure = failureOf(error);
    if (failure === undefined) throw error;
    return { file, shape: 'unknown', found: failure.message, failure };
  }
}

async function readHead(path: string): Promise<{ head: Buffer; sizeBytes: number }> {
  try {
    const handle = await open(path);
    try {
      const { size } = await handle.stat();
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.min(headBytes, size)), 0, null, 0);
      return { head: buffer.subarray(0, bytesRead), sizeBytes: size };
    } finally {
      await handle.close();
    }
  } catch (error) {
    return failFromSystem(error, path);
  }
}

function sniffHead(head: Buffer, sizeBytes: number, file: string): Sniffed {
  const unknown = (found: string, kind: 'malformed-file' | null = null): Sniffed => ({
    file,
    shape: 'unknown',
    found,
    failure: kind === null ? null : { kind, message: `${file} cannot be read: ${found}.`, file, found },
  });
  if (sizeBytes === 0) return unknown('an empty file');
  if (head[0] === 0x1f && head[1] === 0x8b) return unknown('a gzip archive; unpack it first');
  if (head.toString('latin1', 0, 2) === 'PK') return unknown('a zip archive; unpack it first');
  if (file.toLowerCase().endsWith('.parquet')) return unknown('no parquet magic number (PAR1)', 'malformed-file');
  refuseWideEncodings(head, file);
  const text = head.toString('utf8').replace(/^\uFEFF/, '');
  if (text.trim() === '') return unknown('blank text');
  if (/^\s*\[/.test(text)) return unknown('a JSON list; rows are expected one on each line');
  if (/^\s*\{/.test(text)) return sniffJson(text, sizeBytes <= head.length, file);
  return sniffDelimited(text, file) ?? unknown('text that is neither JSON nor a table');
}

function sniffJson(text: string, isWhole: boolean, file: string): Sniffed {
  const lines = text.split('\n');
  // The last line of a partial head is cut off.
  if (!isWhole) lines.pop();
  for (const line of lines.slice(0, 100)) {
    const row = parseObject(line);
    if (row !== null && Object.hasOwn(row, 'question'))
      return { file, shape: 'json-lines', fields: new Set(Object.keys(row)) };
    if (row !== null && Object.hasOwn(row, 'messages'))
      return { file, shape: 'json-lines', fields: new Set(Object.keys(row)) };
  }
  // `{"1": {"question": …` on one line or many.
  if (/^\s*\{\s*"(?:[^"\\]|\\.)*"\s*:\s*\{/.test(text)) {
    const fields = [...text.matchAll(/"(question|choices|answer|hint|subject|skill|lecture|image|split)"\s*:/g)];
    return { file, shape: 'keyed-json', fields: new Set(fields.map((match) => match[1] ?? '')) };
  }
  const first = lines.map(parseObject).find((row) => row !== null);
  if (first !== undefined && first !== null) return { file, shape: 'json-lines', fields: new Set(Object.keys(first)) };
  // Broken from the start: where the wording is that of rows, let the reader say which lines are broken.
  const names = [...text.matchAll(/"([A-Za-z_][A-Za-z0-9_-]{0,40})"\s*:/g)].map((match) => match[1] ?? '');
  return { file, shape: 'json-lines', fields: new Set(names.slice(0, 200)) };
}

function parseObject(line: string): Readonly<Record<string, unknown>> | null {
  if (!line.trimStart().startsWith('{')) return null;
  try {
    const value: unknown = JSON.parse(line);
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}

function sniffDelimited(text: string, file: string): Sniffed | null {
  const header = text.split(/\r?\n/, 1)[0] ?? '';
  const delimiter = header.includes('\t') ? 'tab' : header.includes(',') ? 'comma' : null;
  if (delimiter === null) return null;
  const cells = header.split(delimiter === 'tab' ? '\t' : ',');
  const fields = new Set(cells.map((cell) => cell.trim().replace(/^"(.*)"$/, '$1')));
  return { file, shape: 'delimited', delimiter, fields };
}
