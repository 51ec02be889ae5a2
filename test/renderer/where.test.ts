/** The filter of the run's page. */
import { describe, expect, it } from 'vitest';
import { visibleRows } from '../../src/renderer/src/features/run/category-tree.ts';
import { categoryFields, categoryPath, valueOf, withFields } from '../../src/renderer/src/features/run/where.ts';
import type { CategoryNode } from '../../src/shared/statistics.ts';

describe('filter terms', () => {
  it('are replaced by field and removed by null', () => {
    const where = ['domain=science', 'outcome=wrong'];
    expect(withFields(where, { outcome: 'right' })).toEqual(['domain=science', 'outcome=right']);
    expect(withFields(where, { outcome: null })).toEqual(['domain=science']);
    expect(valueOf(['topic=a=b'], 'topic')).toBe('a=b');
  });

  it('name one node of the category tree', () => {
    const where = withFields(['outcome=wrong'], categoryFields(['science', 'physics']));
    expect(categoryPath(where)).toEqual(['science', 'physics']);
    expect(categoryPath(withFields(where, categoryFields([])))).toEqual([]);
  });
});

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
