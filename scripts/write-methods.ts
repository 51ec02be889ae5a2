/**
 * Writes the lists of reasoning methods from the files of src/main/methods: every constant there of type
 * `ReasoningMethod` is a method. `npm run methods`; a test fails where the lists are not what this would write.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { architectures } from '../src/shared/architecture.ts';
import type { ReasoningMethod } from '../src/main/methods/method.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, 'src', 'main', 'methods');
const declaration = /^export const (\w+): ReasoningMethod = /mu;

type Found = Readonly<{ file: string; constant: string; method: ReasoningMethod }>;

/** A file of the repository and what has to be in it. */
export type WrittenList = Readonly<{ path: string; text: string }>;

/** The lists as they should be. Fails where two files name the same method. */
export async function methodLists(): Promise<WrittenList[]> {
  const found = await findMethods();
  const names = found.map(({ method }) => method.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`two files name the method ${twice}`);
  return await Promise.all([
    written('src/shared/method-list.ts', sharedList(found)),
    written('src/main/methods/methods.ts', registry(found)),
  ]);
}

async function findMethods(): Promise<Found[]> {
  const found: Found[] = [];
  for (const file of (await readdir(folder)).filter((name) => name.endsWith('.ts')).sort()) {
    const constant = declaration.exec(await readFile(join(folder, file), 'utf8'))?.[1];
    if (constant === undefined) continue;
    const module: unknown = await import(pathToFileURL(join(folder, file)).href);
    found.push({ file, constant, method: (module as Record<string, ReasoningMethod>)[constant] as ReasoningMethod });
  }
  return found;
}

const sharedList = (found: readonly Found[]): string => `
/** The reasoning methods, for every face. Written by \`npm run methods\` from src/main/methods; not edited by hand. */

export const methodList = [
  ${found
    .map(({ method: { name, title, summary, isLatent, defaults = {}, architectures: named = architectures } }) =>
      JSON.stringify({ name, title, summary, isLatent, architectures: named, defaults }),
    )
    .join(',\n')}
] as const;
`;

const registry = (found: readonly Found[]): string => `
/** The methods by name. Written by \`npm run methods\` from the files beside this one; not edited by hand. */
import type { Method } from '../../shared/run-settings.ts';
${found.map(({ file, constant }) => `import { ${constant} } from './${file}';`).join('\n')}
import type { ReasoningMethod } from './method.ts';

export const reasoningMethods: Readonly<Record<Method, ReasoningMethod>> = {
  ${found.map(({ constant, method }) => `'${method.name}': ${constant}`).join(',\n')}
};
`;

async function written(path: string, text: string): Promise<WrittenList> {
  const full = join(root, path);
  const options = await resolveConfig(full);
  return { path: full, text: await format(text.trimStart(), { ...options, filepath: full }) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { path, text } of await methodLists()) await writeFile(path, text);
}
