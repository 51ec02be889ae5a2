/**
 * The identity of what was asked: SHA-256 over everything that affects answers. Two runs with the same hash
 * should give the same answers, whatever the device, batch size or folder names.
 */
import { createHash } from 'node:crypto';
import { settingDefinitions, type RunSettings, type SettingName } from '../../shared/run-settings.ts';

export type Configuration = Readonly<{
  datasetFingerprint: string;
  modelFingerprint: string;
  split: string | null;
  where: readonly string[];
  limit: number | null;
  settings: RunSettings;
}>;

/** Settings that came later: at their defaults they are left out, so that runs from before keep their identity. */
const cameLater: ReadonlySet<SettingName> = new Set(['temperature', 'topP', 'repetitionPenalty']);

/** Hex SHA-256 of the configuration's canonical JSON. */
export function configurationHash({ settings, where, ...rest }: Configuration): string {
  const affecting = Object.fromEntries(
    settingDefinitions
      .filter(({ affectsAnswers }) => affectsAnswers)
      .filter((setting) => !cameLater.has(setting.name) || settings[setting.name] !== setting.default)
      .map(({ name }) => [name, settings[name]]),
  );
  // Terms are a set: their order changes nothing.
  const configuration = { ...rest, where: [...new Set(where)].sort(), settings: affecting };
  return createHash('sha256').update(canonicalJson(configuration)).digest('hex');
}

/** JSON with sorted keys and without white space, so that equal values give equal text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${entries.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`;
}
