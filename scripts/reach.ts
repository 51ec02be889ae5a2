/** Walks a bundle's chunks and finds the ways on which it reaches packages that it must not. */
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

export type Reach = Readonly<{
  forbidden: string;
  /** File names from the entry to the chunk that imports the package. */
  chain: readonly string[];
}>;

/** Static imports and re-exports, dynamic imports and `require` calls with a literal name. */
const specifiers = /\b(?:from|import|require)\s*\(?\s*(['"`])([^'"`\n]+)\1/g;

/** @param packages names of packages that nothing reachable from `entry` may import */
export function findReach(entry: string, packages: readonly string[]): Reach[] {
  const reached: Reach[] = [];
  const seen = new Set<string>();
  const visit = (file: string, chain: readonly string[]): void => {
    if (seen.has(file)) return;
    seen.add(file);
    const here = [...chain, basename(file)];
    for (const [, , specifier = ''] of readFileSync(file, 'utf8').matchAll(specifiers)) {
      const forbidden = packages.find((name) => specifier === name || specifier.startsWith(`${name}/`));
      if (forbidden !== undefined) reached.push({ forbidden, chain: here });
      if (specifier.startsWith('.') && specifier.endsWith('.js')) visit(join(dirname(file), specifier), here);
    }
  };
  visit(entry, []);
  return reached;
}
