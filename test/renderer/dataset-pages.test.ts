/** The models behind the datasets pages and the picker. */
import { describe, expect, it } from 'vitest';
import { crumbsOf } from '../../src/renderer/src/components/crumbs.ts';
import { isPath, mayPick, suggests } from '../../src/renderer/src/components/picked-kinds.ts';
import { categoryRows, termOf, withTerms } from '../../src/renderer/src/features/datasets/category-rows.ts';
import type { FolderEntry } from '../../src/shared/contract/datasets.ts';
import type { DatasetSummary } from '../../src/shared/sample.ts';

const test = {
  rowCount: 3,
  rowsWithoutImage: 0,
  imagesMissing: 0,
  byDomain: { a: 1, b: 2 },
  byTopic: { 'a/x': 1, 'b/y': 1, 'b/': 1 },
};
const summary: DatasetSummary = {
  path: '/d',
  format: 'generic-csv',
  licence: null,
  fingerprint: 'f',
  problemCount: 0,
  problems: [],
  splits: { test },
  rowCount: 6,
  rowsWithoutImage: 0,
  imagesMissing: 0,
  rowsLeftOut: 0,
  byDomain: { a: 4, b: 2 },
  byTopic: { 'a/x': 1, 'a/z/w': 3, 'b/y': 1, 'b/': 1 },
};

it('domains and topics, largest first; topics may hold slashes, nameless ones are not listed', () => {
  expect(
    categoryRows(summary, null).map(({ name, count, topics }) => [name, count, topics.map((row) => row.terms)]),
  ).toStrictEqual([
    [
      'a',
      4,
      [
        ['domain=a', 'topic=z/w'],
        ['domain=a', 'topic=x'],
      ],
    ],
    ['b', 2, [['domain=b', 'topic=y']]],
  ]);
  expect(categoryRows(summary, 'test').map(({ name }) => name)).toStrictEqual(['b', 'a']);
  expect(categoryRows(summary, 'gone')).toStrictEqual([]);
});

it('terms of a field are read and replaced, others stay', () => {
  const where = ['split=test', 'domain=a', 'topic=b=c'];
  expect(termOf(where, 'topic')).toBe('b=c');
  expect(termOf([...where, 'topic=d'], 'topic')).toBeNull();
  expect(termOf(where, 'top')).toBeNull();
  expect(withTerms(where, ['domain', 'topic'], ['domain=z'])).toStrictEqual(['split=test', 'domain=z']);
});

it('the way from the root to a folder', () => {
  expect(crumbsOf('/home/u/a/b', '/home/u')).toStrictEqual([
    { name: '/home/u', path: '/home/u' },
    { name: 'a', path: '/home/u/a' },
    { name: 'b', path: '/home/u/a/b' },
  ]);
  expect(crumbsOf('/data', '/').map(({ path }) => path)).toStrictEqual(['/', '/data']);
  expect(crumbsOf('C:\\data\\x', 'C:\\data').map(({ path }) => path)).toStrictEqual(['C:\\data', 'C:\\data\\x']);
});

describe('what a picker takes', () => {
  const entry = (name: string, kind: FolderEntry['kind'], looksLike: FolderEntry['looksLike'] = null): FolderEntry => ({
    name,
    path: `/${name}`,
    kind,
    sizeBytes: null,
    looksLike,
  });
  it('by kind and name', () => {
    expect(mayPick('dataset', entry('a.TSV', 'file'))).toBe(true);
    expect(mayPick('dataset', entry('a.txt', 'file'))).toBe(false);
    expect(mayPick('dataset', entry('a', 'folder'))).toBe(true);
    expect(mayPick('file', entry('a', 'folder'))).toBe(false);
    expect(mayPick('checkpoint', entry('model.pth', 'file'))).toBe(true);
    expect(suggests('checkpoint', entry('lora', 'folder', 'adapter'))).toBe(true);
    expect(suggests('dataset', entry('lora', 'folder', 'adapter'))).toBe(false);
  });
  it('and which text is a path', () => {
    expect(['/a', ' /a/b', 'C:\\x', 'c:/x', '\\\\host\\x'].every(isPath)).toBe(true);
    expect(['a/b', 'test', '~', 'C', ''].some(isPath)).toBe(false);
  });
});
