/** How readers of a `config.json` refuse what is in it: impossible values, and possible ones that would be computed wrongly. */
import type { z } from 'zod';
import { fail } from '../../shared/failure.ts';

/** `value` in the shape of `schema`. Fails `malformed-config`; `inside` is the place of a problem that has no path. */
export function checkConfig<Schema extends z.ZodType>(file: string, inside: string, schema: Schema, value: unknown) {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  return malformedConfig(
    file,
    issue?.path.join('.') || inside,
    'a value of the right type and range',
    issue?.message ?? 'none',
  );
}

/** Fails with `kind` unless both are the same. */
export function expectConfig<T extends string | number | boolean>(
  file: string,
  place: string,
  expected: T,
  found: T,
  kind: 'malformed-config' | 'unsupported-architecture',
): void {
  if (expected === found) return;
  if (kind === 'malformed-config') malformedConfig(file, place, String(expected), String(found));
  unsupportedConfig(file, place, String(expected), String(found));
}

export function malformedConfig(file: string, place: string, expected: string, found: string): never {
  return fail('malformed-config', `${file} has an impossible ${place}.`, { file, place, expected, found });
}

export function unsupportedConfig(file: string, place: string, expected: string, found: string): never {
  return fail('unsupported-architecture', `Penumbra can't run models with this ${place} (${found}).`, {
    file,
    place,
    expected,
    found,
  });
}

/** Fails `unsupported-dtype` where a `config.json` says that the weights are quantised. */
export function refuseQuantised(file: string, quantisation: unknown): void {
  if (quantisation === undefined || quantisation === null) return;
  fail('unsupported-dtype', 'This checkpoint holds quantised weights.', {
    file,
    place: 'quantization_config',
    expected: 'float32, float16 or bfloat16 weights',
    action: 'Import the original checkpoint; Penumbra quantises while importing.',
  });
}
