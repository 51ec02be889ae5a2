/** Names of splits: one spelling for each, whatever file names and columns call them. */

const spellings: Readonly<Record<string, string>> = {
  train: 'train',
  training: 'train',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
  dev: 'validation',
  test: 'test',
  testing: 'test',
};

/** The split of rows that no file name and no column places. */
export const unnamedSplit = 'all';

const order = ['train', 'validation', 'test'];

/** One spelling: `dev`, `val` -> `validation`; an unknown name stays as it is. */
export function normaliseSplit(name: string): string {
  return spelling(name.trim()) ?? name.trim();
}

/** The split that a file's name (`test-00000-of-00002.parquet`), or else one of its folders' names, says. */
export function splitOfPath(path: string): string | null {
  for (const segment of path.split('/').reverse()) {
    for (const word of segment.split(/[^A-Za-z]+/)) {
      const split = spelling(word);
      if (split !== null) return split;
    }
  }
  return null;
}

/** Train, validation, test, then others; inside a split by name, so that shards keep their order. */
export function compareBySplit(pathA: string, pathB: string): number {
  const difference = rank(pathA) - rank(pathB);
  if (difference !== 0) return difference;
  return pathA < pathB ? -1 : pathA > pathB ? 1 : 0;
}

function rank(path: string): number {
  const index = order.indexOf(splitOfPath(path) ?? '');
  return index === -1 ? order.length : index;
}

function spelling(word: string): string | null {
  const lower = word.toLowerCase();
  return Object.hasOwn(spellings, lower) ? (spellings[lower] ?? null) : null;
}
