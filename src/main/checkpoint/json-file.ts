/** Small JSON files of a checkpoint folder: read with a size bound, decoded strictly, checked by a schema. */
import type { z } from 'zod';
import { fail, type FailureKind } from '../../shared/failure.ts';
import { WeightFile } from './weight-file.ts';

/** The largest of them, a shard index, has a few hundred bytes for each tensor. */
const largestJsonBytes = 32 * 1024 * 1024;

/** Real files nest less than ten deep; the parser's memory grows with the depth. */
const deepestNesting = 64;

/**
 * Reads a JSON file and checks it.
 *
 * @param kind the failure for content that is no JSON or does not fit the schema
 */
export async function readJsonFile<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  kind: FailureKind,
): Promise<z.infer<Schema>> {
  const value = await readJson(path, kind);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const place = issue?.path.join('.') ?? '';
  return fail(kind, `${path} does not hold what it should${place === '' ? '' : ` at ${place}`}.`, {
    file: path,
    place,
    found: issue?.message ?? 'an invalid value',
  });
}

async function readJson(path: string, kind: FailureKind): Promise<unknown> {
  const file = await WeightFile.open(path);
  try {
    if (file.sizeBytes > largestJsonBytes) {
      fail(kind, `${path} is too large for what it should be.`, {
        file: path,
        expected: `at most ${largestJsonBytes} bytes`,
        found: `${file.sizeBytes} bytes`,
      });
    }
    const bytes = await file.read(0, file.sizeBytes);
    return parseJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof TypeError)) throw error;
    return fail(kind, `${path} is not JSON in UTF-8.`, { file: path, found: error.message });
  } finally {
    await file.close();
  }
}

/** `JSON.parse`, which also throws `SyntaxError` for text that nests deeper than any file of a checkpoint. */
export function parseJson(text: string): unknown {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '"') for (i++; i < text.length && text[i] !== '"'; i++) if (text[i] === '\\') i++;
    if (character === '{' || character === '[') depth++;
    if (character === '}' || character === ']') depth--;
    if (depth > deepestNesting) throw new SyntaxError(`nested more than ${deepestNesting} deep`);
  }
  return JSON.parse(text);
}

/**
 * The first key of the outermost object that occurs twice in a valid JSON text; `JSON.parse` keeps the last one
 * silently, and a checkpoint that says two things of one tensor must not be read either way.
 */
export function duplicateKey(text: string): string | undefined {
  const seen = new Set<string>();
  let depth = 0;
  let expectsKey = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '"') {
      const start = i;
      for (i++; text[i] !== '"'; i++) if (text[i] === '\\') i++;
      if (depth !== 1 || !expectsKey) continue;
      const key = String(JSON.parse(text.slice(start, i + 1)));
      if (seen.has(key)) return key;
      seen.add(key);
      expectsKey = false;
    } else if (character === '{' || character === '[') {
      depth++;
      expectsKey = character === '{' && depth === 1;
    } else if (character === '}' || character === ']') depth--;
    else if (character === ',' && depth === 1) expectsKey = true;
  }
  return undefined;
}
