/** The rows of the category trees. */
import { describe, expect, it } from 'vitest';
import { visibleRows } from '../../src/renderer/src/features/run/category-tree.ts';
import type { CategoryNode } from '../../src/shared/statistics.ts';

describe('category rows', () => {
  const node = (...path: string[]): CategoryNode => ({
    path,
    total: 0,
    correct: 0,
    unparsed: 0,
    failed: 0,
    excluded: 0,
    accuracy: null,
  });
  const nodes = [node(), node('a'), node('a', 'x'), node('a', 'x', 'p'), node('b')];
  const shown = (...open: string[][]) =>
    visibleRows(nodes, new Set(open.map((path) => JSON.stringify(path)))).map(({ node: { path } }) => path.join('/'));

  it('show domains at once and the rest when unfolded', () => {
    expect(shown()).toEqual(['', 'a', 'b']);
    expect(shown(['a'])).toEqual(['', 'a', 'a/x', 'b']);
    expect(shown(['a'], ['a', 'x'])).toEqual(['', 'a', 'a/x', 'a/x/p', 'b']);
    expect(shown(['a', 'x'])).toEqual(['', 'a', 'b']);
  });
});
