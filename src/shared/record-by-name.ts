/** Records whose keys are names from data, so that any text may be one: `__proto__`, too, which `z.record` leaves out. */
import { z } from 'zod';

/** Passes the record on as it is; `value` checks the entries and must not change them. */
export function recordByName<Value>(value: z.ZodType<Value>) {
  return z.custom<Record<string, Value>>(
    (given) =>
      typeof given === 'object' &&
      given !== null &&
      !Array.isArray(given) &&
      Object.values(given).every((entry) => value.safeParse(entry).success),
    'Invalid input: expected a record',
  );
}
