/** Reads `bundle.json` of an imported model: all that `runs` needs to know of it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleSchema, type Bundle } from '../../shared/bundle.ts';
import { fail } from '../../shared/failure.ts';
import { failFromSystem, systemCode } from '../files/io-failure.ts';

/** Fails: `missing-file` (not an imported model), `malformed-bundle`, `permission-denied`, `io`. */
export async function readBundle(folder: string): Promise<Bundle> {
  const file = join(folder, 'bundle.json');
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const code = systemCode(error);
    if (code !== 'ENOENT' && code !== 'ENOTDIR') failFromSystem(error, file);
    fail('missing-file', 'This folder does not hold an imported model.', {
      file: folder,
      expected: 'a folder with bundle.json',
      action: 'import the checkpoint first: penumbra model import CHECKPOINT --out FOLDER',
    });
  }
  const parsed = bundleSchema.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return fail('malformed-bundle', 'The model cannot be used by this version of Penumbra.', {
    file,
    place: issue?.path.join('.') ?? '',
    found: issue?.message ?? 'not JSON',
    action: 'import the checkpoint again',
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
