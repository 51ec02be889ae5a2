/** JSON Lines: each line an object. A line that is not one becomes a failure and does not stop the rest. */
import type { Failure } from '../../../shared/failure.ts';
import { readLines, type LineOptions } from './lines.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export type JsonLine =
  | Readonly<{ kind: 'object'; row: number; object: JsonObject }>
  | Readonly<{ kind: 'failure'; row: number; failure: Failure }>;

/** Yields each line's object or failure, in batches. Fails as `readLines`. */
export async function* readJsonLines(path: string, options: LineOptions): AsyncGenerator<readonly JsonLine[]> {
  for await (const lines of readLines(path, options)) {
    yield lines.map((line) => (line.kind === 'failure' ? line : parseJsonLine(line.text, line.row, options.file)));
  }
}

/** Parses one line. `__proto__` and the like become ordinary own properties, as JSON.parse makes them. */
export function parseJsonLine(text: string, row: number, file: string): JsonLine {
  const place = `line ${row}`;
  const malformed = (found: string, isCutOff = false): JsonLine => ({
    kind: 'failure',
    row,
    failure: {
      kind: 'malformed-row',
      message: isCutOff
        ? `${file}, ${place}: the line is cut off before its JSON object ends.`
        : `${file}, ${place}: the line is not a JSON object.`,
      file,
      place,
      expected: isCutOff ? 'one whole JSON object, to its closing }' : 'one JSON object on the line, { … }',
      found,
      action: isCutOff
        ? 'Copy or download the file again; it seems to have been written in part only.'
        : 'Mend the line or delete it.',
    },
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const isCutOff = endsTooSoon(text, error);
    return malformed(
      isCutOff
        ? `a line that ends with ${lastWords(text)}`
        : shorten(error instanceof Error ? error.message : String(error)),
      isCutOff,
    );
  }
  return isJsonObject(value) ? { kind: 'object', row, object: value } : malformed(typeName(value));
}

/** Whether more text could have made an object of the line: the parser was content up to its end. */
function endsTooSoon(text: string, error: unknown): boolean {
  if (!text.trimStart().startsWith('{') || !(error instanceof SyntaxError)) return false;
  if (/end of JSON input|^Unterminated string/.test(error.message)) return true;
  const position = /at position (\d+)/.exec(error.message)?.[1];
  return position !== undefined && Number(position) >= text.length;
}

/** Last characters of a line, as JSON writes them, so that nothing invisible is hidden. */
const lastWords = (text: string): string => JSON.stringify(text.length <= 40 ? text : `…${text.slice(-40)}`);

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value's type as people name it. */
export function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** At most 120 characters, for quoting what was found. */
export function shorten(text: string): string {
  return text.length <= 120 ? text : `${text.slice(0, 117)}…`;
}
