/** What faces remember: small JSON values by name. What a value means, and whether it still fits, is the face's. */
import { fail } from '../../shared/failure.ts';
import type { Connection } from './connection.ts';

/** Of one value as JSON: sizes, filters and last settings fit many times over. */
export const preferenceBytesLimit = 64 * 1024;
/** A face has a few dozen names; more would be one that makes them up. */
export const preferenceCountLimit = 1000;

export type PreferencesRepository = Readonly<{
  /** Every value that can be read; a damaged one is left out, as if it had never been set. */
  all: () => Record<string, unknown>;
  /** `undefined` forgets the name. Fails: `wrong-usage` (too large, too many). */
  set: (name: string, value: unknown) => void;
}>;

export function createPreferencesRepository(connection: Connection): PreferencesRepository {
  return {
    all: () => {
      const rows = connection.all<{ name: string; value: string }>('SELECT name, value FROM preferences ORDER BY name');
      return Object.fromEntries(rows.flatMap(({ name, value }) => readable(name, value)));
    },
    set: (name, value) => {
      if (value === undefined) {
        connection.run('DELETE FROM preferences WHERE name = :name', { name });
        return;
      }
      const json = JSON.stringify(value);
      const sizeBytes = Buffer.byteLength(json);
      if (sizeBytes > preferenceBytesLimit) {
        fail('wrong-usage', `The preference ${name} is too large to be remembered.`, {
          place: name,
          expected: `at most ${preferenceBytesLimit} bytes of JSON`,
          found: `${sizeBytes} bytes`,
        });
      }
      connection.transaction(() => {
        connection.run(
          `INSERT INTO preferences (name, value, changed_at) VALUES (:name, :value, :changedAt)
           ON CONFLICT (name) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at`,
          { name, value: json, changedAt: new Date().toISOString() },
        );
        const total = connection.all<{ total: number }>('SELECT count(*) AS total FROM preferences')[0]?.total ?? 0;
        if (total <= preferenceCountLimit) return;
        fail('wrong-usage', 'There are too many preferences.', { expected: `at most ${preferenceCountLimit} names` });
      });
    },
  };
}

function readable(name: string, json: string): [string, unknown][] {
  try {
    return [[name, JSON.parse(json)]];
  } catch {
    return [];
  }
}
