/** Folders and files that are no dataset, and what the user may not read. */
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { datasetsFolder } from '../expected-datasets.ts';
import { goodPrediction, goodRow, m3cotRow, type MalformedCase } from './case.ts';

export const folderCases: readonly MalformedCase[] = [
  { name: 'nothing at the path', files: {}, open: 'absent', kind: 'missing-file', file: 'absent' },
  { name: 'an empty folder', files: {}, kind: 'unknown-format', file: '' },
  {
    name: 'an empty file',
    files: { 'test.jsonl': '' },
    open: 'test.jsonl',
    kind: 'unknown-format',
    file: 'test.jsonl',
  },
  { name: 'blank lines only', files: { 'test.jsonl': '\n\n \n' }, kind: 'unknown-format', file: '' },
  {
    name: 'a picture',
    files: { 'a.png': Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 0]) },
    open: 'a.png',
    kind: 'unknown-format',
    file: 'a.png',
  },
  {
    name: 'gzipped JSON Lines',
    files: { 'test.jsonl': Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]) },
    kind: 'unknown-format',
    file: '',
  },
  { name: 'a JSON list', files: { 'test.json': `[${goodRow.trim()}]` }, kind: 'unknown-format', file: '' },
  { name: 'a prediction file', files: { 'out.jsonl': goodPrediction }, kind: 'unknown-format', file: '' },
  {
    name: 'parquet of something else',
    files: { 'x.parquet': readFileSync(join(datasetsFolder, 'parquet-layouts', 'all-present.parquet')) },
    kind: 'unknown-format',
    file: '',
  },
  {
    name: 'a cached repository without a snapshot',
    files: { 'datasets--a--b/blobs/1': '', 'datasets--a--b/snapshots/.keep': '' },
    open: 'datasets--a--b',
    kind: 'not-found',
    file: 'datasets--a--b',
  },
];

export const permissionCases: readonly MalformedCase[] = [
  {
    name: 'a folder without permission',
    files: { 'set/test.jsonl': goodRow },
    make: (folder) => chmodSync(join(folder, 'set'), 0),
    open: 'set',
    kind: 'permission-denied',
    file: 'set',
  },
  {
    name: 'a data file without permission',
    files: { 'test.jsonl': goodRow },
    make: (folder) => chmodSync(join(folder, 'test.jsonl'), 0),
    kind: 'permission-denied',
    file: 'test.jsonl',
  },
  {
    name: 'an image without permission',
    files: { 'test.jsonl': m3cotRow({ image: 'a.png' }), 'a.png': 'x' },
    make: (folder) => chmodSync(join(folder, 'a.png'), 0),
    kind: 'permission-denied',
    file: 'a.png',
    from: 'image',
  },
];
