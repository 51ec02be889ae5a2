/**
 * Several loops at work on one run at the same time. Where one of them fails, the others finish what they have in
 * hand and stop: a crash here costs nothing that another engine has nearly answered.
 */
import { failureOf } from '../../shared/failure.ts';

/**
 * Runs the loops to their ends. Rejects once all have ended if any failed: with a bug (or a lost lease) if there was
 * one, else with what came first.
 */
export async function sideBySide<Result>(
  loops: readonly ((isHalted: () => boolean) => Promise<Result>)[],
): Promise<Result[]> {
  const errors: unknown[] = [];
  const results: Result[] = [];
  const isHalted = (): boolean => errors.length > 0;
  await Promise.all(
    loops.map(async (loop) => {
      try {
        results.push(await loop(isHalted));
      } catch (error) {
        errors.push(error);
      }
    }),
  );
  if (errors.length > 0) throw errors.find((error) => failureOf(error) === undefined) ?? errors[0];
  return results;
}
