/** Reads a bundle's description, wherever one is needed: engine, runs, `model inspect`. */
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { bundleSchema, type Bundle } from '../../shared/bundle.ts';
import { fail } from '../../shared/failure.ts';
import { failFromSystem, systemCode } from './io-failure.ts';

/**
 * The description of an imported model's folder; also accepts the path of its bundle.json. Fails: `missing-file`
 * (not an imported model), `malformed-bundle`, `permission-denied`, `io`.
 */
export async function readBundle(path: string): Promise<Bundle> {
  const file = basename(path) === 'bundle.json' ? path : join(path, 'bundle.json');
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const code = systemCode(error);
    if (code !== 'ENOENT' && code !== 'ENOTDIR') return failFromSystem(error, file);
    return fail('missing-file', `${path} is no imported model: it has no bundle.json.`, {
      file: path,
      expected: 'the folder of an imported model',
      action: 'Import the checkpoint first: on the page of models, or with "penumbra model import".',
    });
  });
  const parsed = bundleSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  return fail('malformed-bundle', `${file} does not describe a model that this version can run.`, {
    file,
    place: issue?.path.join('.') ?? '',
    found: issue?.message ?? '',
    action: 'Import the model again with this version.',
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
