/** Images that are missing, empty, enormous, or outside the dataset’s folder. */
import { mkdirSync, symlinkSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { m3cotRow, type MalformedCase } from './case.ts';

export const imageCases: readonly MalformedCase[] = [
  {
    name: 'a missing image',
    files: { 'test.jsonl': m3cotRow({ image: 'images/a.png' }) },
    kind: 'missing-image',
    file: 'test.jsonl',
    row: 1,
    remaining: 1,
  },
  {
    name: 'reading a missing image',
    files: { 'test.jsonl': m3cotRow({ image: 'images/a.png' }) },
    kind: 'missing-image',
    file: 'images/a.png',
    from: 'image',
  },
  {
    name: 'an image that is a folder',
    files: { 'test.jsonl': m3cotRow({ image: 'images/a.png' }), 'images/a.png/x': '' },
    kind: 'missing-image',
    file: 'images/a.png',
    from: 'image',
  },
  {
    name: 'an empty image',
    files: { 'test.jsonl': m3cotRow({ image: 'images/a.png' }), 'images/a.png': '' },
    kind: 'malformed-image',
    file: 'images/a.png',
    from: 'image',
  },
  {
    name: 'an image that climbs out',
    files: { 'data/test.jsonl': m3cotRow({ image: '../../outside.png' }) },
    open: 'data',
    kind: 'path-outside-folder',
    file: 'test.jsonl',
    row: 1,
    remaining: 1,
  },
  {
    name: 'reading an image that climbs out',
    files: { 'data/test.jsonl': m3cotRow({ image: '..\\outside.png' }), 'outside.png': 'secret' },
    open: 'data',
    kind: 'path-outside-folder',
    file: 'data',
    from: 'image',
  },
  {
    name: 'an absolute image path',
    files: { 'test.jsonl': m3cotRow({ image: '/etc/hostname' }) },
    kind: 'path-outside-folder',
    file: 'test.jsonl',
    row: 1,
    remaining: 1,
  },
  {
    name: 'reading an absolute image path',
    files: { 'test.jsonl': m3cotRow({ image: '/etc/hostname' }) },
    kind: 'path-outside-folder',
    file: '',
    from: 'image',
  },
  {
    name: 'a drive letter',
    files: { 'test.jsonl': m3cotRow({ image: 'C:\\pictures\\a.png' }) },
    kind: 'path-outside-folder',
    file: 'test.jsonl',
    row: 1,
    remaining: 1,
  },
  {
    name: 'a NUL in an image path',
    files: { 'test.jsonl': m3cotRow({ image: 'images/a.png\0.txt' }) },
    kind: 'path-outside-folder',
    file: 'test.jsonl',
    row: 1,
    remaining: 1,
  },
  {
    name: 'an image path of 100,000 characters',
    files: { 'test.jsonl': m3cotRow({ image: 'a'.repeat(100_000) }) },
    kind: 'missing-image',
    file: 'test.jsonl',
    row: 1,
    remaining: 1,
  },
  {
    name: 'reading an image path of 100,000 characters',
    files: { 'test.jsonl': m3cotRow({ image: 'a'.repeat(100_000) }) },
    kind: 'missing-image',
    file: '',
    from: 'image',
  },
  {
    name: 'a link that leaves the folder',
    files: { 'data/test.jsonl': m3cotRow({ image: 'images/a.png' }), 'outside.png': 'secret' },
    make: (folder) => linkInto(folder, 'data/images/a.png', join(folder, 'outside.png')),
    open: 'data',
    kind: 'path-outside-folder',
    file: 'test.jsonl',
    row: 1,
    remaining: 1,
  },
  {
    name: 'reading through a linked folder that leaves',
    files: { 'data/test.jsonl': m3cotRow({ image: 'images/a.png' }), 'outside/a.png': 'secret' },
    make: (folder) => linkInto(folder, 'data/images', join(folder, 'outside')),
    open: 'data',
    kind: 'path-outside-folder',
    file: 'data',
    from: 'image',
  },
  {
    name: 'a link to itself',
    files: { 'test.jsonl': m3cotRow({ image: 'images/a.png' }) },
    make: (folder) => linkInto(folder, 'images/a.png', 'a.png'),
    kind: 'missing-image',
    file: 'test.jsonl',
    row: 1,
    remaining: 1,
  },
  {
    name: 'an enormous image',
    files: { 'test.jsonl': m3cotRow({ image: 'a.png' }), 'a.png': '' },
    // Sparse: it takes no space.
    make: (folder) => truncateSync(join(folder, 'a.png'), 300 * 2 ** 20),
    kind: 'image-too-large',
    file: 'a.png',
    from: 'image',
  },
];

function linkInto(folder: string, link: string, target: string): void {
  mkdirSync(join(folder, link, '..'), { recursive: true });
  symlinkSync(target, join(folder, link));
}
