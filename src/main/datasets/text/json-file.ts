/** A whole JSON file in memory, for the formats that are one document; with a limit, and typed failures. */
import { isUtf8 } from 'node:buffer';
import { readFile, stat } from 'node:fs/promises';
import { fail } from '../../../shared/failure.ts';
import { failFromSystem } from '../../files/io-failure.ts';
import { shorten } from './json-lines.ts';
import { notUtf8, refuseWideEncodings } from './lines.ts';

/** ScienceQA's problems.json holds 21,208 questions in 30 MB. */
export const maxJsonBytes = 256 * 2 ** 20;

/**
 * Parses the file. Fails: `malformed-file` (not JSON, too large), `wrong-encoding`, and the system's failures.
 */
export async function readJsonFile(path: string, file: string, maxBytes: number = maxJsonBytes): Promise<unknown> {
  return (await readJsonDocument(path, file, maxBytes)).value;
}

/** The same, with the text it came from. */
export async function readJsonDocument(
  path: string,
  file: string,
  maxBytes: number = maxJsonBytes,
): Promise<Readonly<{ value: unknown; text: string }>> {
  let bytes: Buffer;
  try {
    const { size } = await stat(path);
    if (size > maxBytes) {
      fail('malformed-file', `${file} is too large to be read as one JSON document.`, {
        file,
        expected: `at most ${maxBytes} bytes`,
        found: `${size} bytes`,
        action: 'Convert the file to JSON Lines.',
      });
    }
    bytes = await readFile(path);
  } catch (error) {
    return failFromSystem(error, path);
  }
  refuseWideEncodings(bytes, file);
  if (!isUtf8(bytes)) {
    const { message, ...detail } = notUtf8(file, `byte ${firstBadByte(bytes)}`);
    return fail('wrong-encoding', message, detail);
  }
  try {
    const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
    return { value: JSON.parse(text) as unknown, text };
  } catch (error) {
    return fail('malformed-file', `${file} is not valid JSON.`, {
      file,
      expected: 'one JSON document',
      found: shorten(error instanceof Error ? error.message : String(error)),
    });
  }
}

/** Offset of the first sequence that is not UTF-8, by halving: a valid prefix may end inside a character. */
function firstBadByte(bytes: Buffer): number {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (isUtf8Prefix(bytes.subarray(0, middle))) good = middle;
    else bad = middle;
  }
  return good;
}

function isUtf8Prefix(bytes: Buffer): boolean {
  return [0, 1, 2, 3].some((cut) => cut <= bytes.length && isUtf8(bytes.subarray(0, bytes.length - cut)));
}
