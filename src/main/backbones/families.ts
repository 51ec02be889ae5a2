/** Which models are read; anything else is refused by name, near relatives with the difference spelled out. */
import { z } from 'zod';
import { fail } from '../../shared/failure.ts';
import { readJsonFile } from '../checkpoint/json-file.ts';
import { resolveInside } from '../files/safe-path.ts';
import { chameleonFamily } from './chameleon/family.ts';
import type { Family } from './family.ts';
import { qwen2VlFamily } from './qwen2-vl/family.ts';

const families: readonly Family[] = [qwen2VlFamily, chameleonFamily];

const supported = 'Qwen2-VL (model_type qwen2_vl) or Chameleon (model_type chameleon), of any size';

/** Models that users could take for a supported one. */
const relatives: Readonly<Record<string, string>> = {
  qwen2_5_vl: 'Qwen2.5-VL is a different architecture (windowed vision tower, absolute time positions)',
  qwen3_vl: 'Qwen3-VL is a different architecture (deep-stacked visual features)',
  qwen2: 'Qwen2 is the text model alone',
};

/** The family of a checkpoint's folder. Fails: `missing-file`, `malformed-config`, `unsupported-architecture`. */
export async function familyOf(folder: string): Promise<Family> {
  const path = await resolveInside(folder, 'config.json');
  return chooseFamily(path, await readJsonFile(path, z.record(z.string(), z.unknown()), 'malformed-config'));
}

/** Of a parsed `config.json`, which `file` names in failures. */
export function chooseFamily(file: string, config: Readonly<Record<string, unknown>>): Family {
  const type = config['model_type'];
  const named = config['architectures'];
  const classes: readonly unknown[] = Array.isArray(named) ? named : [];
  const family = families.find(({ modelType }) => modelType === type);
  if (family !== undefined && (classes.length === 0 || classes.includes(family.modelClass))) return family;
  const found = [type, ...classes].filter((name) => typeof name === 'string').join(', ');
  const relative = typeof type === 'string' && Object.hasOwn(relatives, type) ? relatives[type] : undefined;
  return fail(
    'unsupported-architecture',
    `Penumbra can't import ${found === '' ? 'a model without model_type' : found}.`,
    {
      file,
      place: family === undefined ? 'model_type' : 'architectures',
      expected: supported,
      found: relative ?? (found === '' ? 'no model_type' : found),
      action: `Use a checkpoint of ${supported}.`,
    },
  );
}
