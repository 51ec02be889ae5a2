/**
 * Small files in which the program remembers what it can find out again: whole or as they were, whatever ends the
 * process meanwhile, and whoever else writes them.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Writes `value` as JSON aside and renames it. A folder that cannot be written is no failure: nothing is kept then. */
export async function keepFile(path: string, value: unknown): Promise<void> {
  const aside = `${path}.${randomUUID()}.new`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(aside, `${JSON.stringify(value)}\n`);
    await rename(aside, path);
  } catch {
    await rm(aside, { force: true }).catch(() => undefined);
  }
}
