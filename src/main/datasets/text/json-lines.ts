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
  const malformed = (found: string): JsonLine => ({
    kind: 'failure',
    row,
    failure: {
      kind: 'malformed-row',
      message: `${file}, ${place}: the line is not a JSON object.`,
      file,
      place,
      expected: 'a JSON object',
      found,
    },
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return malformed(shorten(error instanceof Error ? error.message : String(error)));
  }
  return isJsonObject(value) ? { kind: 'object', row, object: value } : malformed(typeName(value));
}

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
