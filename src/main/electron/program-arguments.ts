/** What the program was started with: a store, and a dataset or packed run to open. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { MenuCommand } from '../../shared/bridge.ts';

export type ProgramArguments = Readonly<{ storePath: string | undefined; paths: readonly string[] }>;

/**
 * @param args without the program; Chromium's own switches may be anywhere among them
 * @param program the folder and the main script: one of them is among them too where Electron runs a checkout, and is
 *   nothing to open
 */
export function readArguments(args: readonly string[], folder: string, program: readonly string[]): ProgramArguments {
  let storePath: string | undefined;
  const paths: string[] = [];
  const rest = [...args];
  for (let next = rest.shift(); next !== undefined; next = rest.shift()) {
    if (next === '--store') storePath = rest.shift();
    else if (next.startsWith('--store=')) storePath = next.slice('--store='.length);
    else if (!next.startsWith('-')) paths.push(resolve(folder, next));
  }
  return {
    storePath: storePath === undefined ? undefined : resolve(folder, storePath),
    paths: paths.filter((path) => !program.includes(path)),
  };
}

/** What opening a path means; null where nothing is there. */
export async function commandFor(path: string): Promise<MenuCommand | null> {
  const found = await stat(path).catch(() => null);
  if (found === null) return null;
  return found.isFile() && path.endsWith('.penumbra')
    ? { kind: 'open-packed-run', path }
    : { kind: 'open-dataset', path };
}
