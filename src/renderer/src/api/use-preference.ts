/** A remembered value of the pages: `const [width, setWidth] = usePreference('tree-width', z.number(), 280)`. */
import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import type { z } from 'zod';
import { preferencesQuery, writePreference } from './preferences.ts';

/**
 * The value and how to change it. What is stored and no longer fits the schema counts as never set. Schema and
 * fallback have to be the same objects from call to call (constants of the module).
 *
 * @param name lower-case words with dashes or dots: `questions.columns`
 */
export function usePreference<Value>(
  name: string,
  schema: z.ZodType<Value>,
  fallback: Value,
): readonly [Value, (value: Value) => void] {
  const { data } = useQuery(preferencesQuery);
  const stored = data?.[name];
  const value = useMemo(() => {
    const parsed = schema.safeParse(stored);
    return parsed.success ? parsed.data : fallback;
  }, [stored, schema, fallback]);
  const set = useCallback((changed: Value) => writePreference(name, changed), [name]);
  return [value, set];
}
