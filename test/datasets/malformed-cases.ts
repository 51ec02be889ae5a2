/**
 * Malformed datasets and prediction files, each with the failure that is expected of it: its kind, the file it
 * names, and the row. A case is a few files made in an empty folder; `broken` paths are followed by `make`.
 */
import { chmodSync, mkdirSync, readFileSync, symlinkSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import type { FailureKind } from '../../src/shared/failure.ts';
import { datasetsFolder } from './expected-datasets.ts';

export type MalformedCase = Readonly<{
  name: string;
  /** Files by relative path. */
  files: Readonly<Record<string, string | Uint8Array>>;
  /** What files alone cannot say: links, permissions. */
  make?: (folder: string) => void;
  /** What is opened, relative to the folder. */
  open?: string;
  kind: FailureKind;
  /** The file that the failure or problem names (its end). */
  file: string;
  /** The row of the problem; left out where the failure concerns the whole file. */
  row?: number;
  /** Samples (or predictions) that are read nevertheless. */
  remaining?: number;
  /** `image`: the failure comes from reading the image of the one sample. */
  from?: 'image';
}>;

export const m3cotRow = (fields: Readonly<Record<string, unknown>> = {}): string =>
  `${JSON.stringify({
    id: 'a',
    question: 'Q?',
    choices: ['x', 'y', 'z'],
    answer: 'B',
    domain: 'science',
    topic: 'natural-science',
    category: 'c',
    image: null,
    ...fields,
  })}\n`;

const good = m3cotRow({ id: 'good' });
const predictionRow = (fields: Readonly<Record<string, unknown>> = {}): string =>
  `${JSON.stringify({
    id: 'a',
    choices: ['x', 'y'],
    answer: 'A',
    domain: 'd',
    topic: 't',
    messages: ['prompt', 'output'],
    ...fields,
  })}\n`;
const goodPrediction = predictionRow({ id: 'good' });
const utf16 = (text: string): Uint8Array => Buffer.from(`\uFEFF${text}`, 'utf16le');
const hub = readFileSync(join(datasetsFolder, 'm3cot-hub', 'data', 'train-00000-of-00001.parquet'));
const tsvHeader = 'index\timage\tquestion\tA\tB\tanswer\n';
const csvHeader = 'id,question,A,B,answer\n';
const scienceqa = (problem: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({
    7: { question: 'Q?', choices: ['x', 'y'], answer: 0, hint: '', image: null, split: 'test', ...problem },
  });

/** The file with some bytes replaced. */
function patched(bytes: Uint8Array, offset: number, patch: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy.set(patch, offset < 0 ? copy.length + offset : offset);
  return copy;
}

const jsonLines: MalformedCase[] = [
  {
    name: 'a line that is not JSON',
    files: { 'test.jsonl': `${good}{"id": \n` },
    kind: 'malformed-row',
    file: 'test.jsonl',
    row: 2,
    remaining: 1,
  },
  {
    name: 'a line cut off by the end',
    files: { 'test.jsonl': `${good}${m3cotRow().slice(0, 40)}` },
    kind: 'malformed-row',
    file: 'test.jsonl',
    row: 2,
    remaining: 1,
  },
  {
    name: 'a line that is a list',
    files: { 'test.jsonl': `${good}[1, 2]\n` },
    kind: 'malformed-row',
    file: 'test.jsonl',
    row: 2,
    remaining: 1,
  },
  {
    name: 'a NUL in a line',
    files: { 'test.jsonl': `${good}\0${m3cotRow()}` },
    kind: 'malformed-row',
    file: 'test.jsonl',
    row: 2,
    remaining: 1,
  },
  {
    name: 'JSON nested 200,000 deep',
    files: { 'test.jsonl': `${good}${m3cotRow().slice(0, -2)},"deep":${'['.repeat(200_000)}\n` },
    kind: 'malformed-row',
    file: 'test.jsonl',
    row: 2,
    remaining: 1,
  },
  {
    name: 'no id',
    files: { 'test.jsonl': `${good}${m3cotRow({ id: undefined })}` },
    kind: 'malformed-row',
    file: 'test.jsonl',
    row: 2,
    remaining: 1,
  },
  {
    name: 'an id that is an object',
    files: { 'test.jsonl': `${good}${m3cotRow({ id: { toString: 'x' } })}` },
    kind: 'malformed-row',
    file: 'test.jsonl',
    row: 2,
    remaining: 1,
  },
  {
    name: 'no question',
    files: { 'test.jsonl': `${good}${m3cotRow({ question: undefined })}` },
    kind: 'malformed-row',
    file: 'test.jsonl',
    row: 2,
    remaining: 1,
  },
  {
    name: 'no choices',
    files: { 'test.jsonl': `${good}${m3cotRow({ choices: undefined })}` },
    kind: 'malformed-row',
    file: 'test.jsonl',
    row: 2,
    remaining: 1,
  },
  {
    name: 'one choice',
    files: { 'test.jsonl': `${good}${m3cotRow({ choices: ['x'], answer: 'A' })}` },
    kind: 'malformed-row',
    file: 'test.jsonl',
    row: 2,
    remaining: 1,
  },
  {
    name: 'more choices than letters',
    files: { 'test.jsonl': `${good}${m3cotRow({ choices: Array.from({ length: 27 }, String) })}` },
    kind: 'malformed-row',
    file: 'test.jsonl',
    row: 2,
    remaining: 1,
  },
  {
    name: 'a choice that is null',
    files: { 'test.jsonl': `${good}${m3cotRow({ choices: ['x', null] })}` },
    kind: 'malformed-row',
    file: 'test.jsonl',
    row: 2,
    remaining: 1,
  },
  {
    name: 'no answer',
    files: { 'test.jsonl': `${good}${m3cotRow({ answer: undefined })}` },
    kind: 'malformed-row',
    file: 'test.jsonl',
    row: 2,
    remaining: 1,
  },
  {
    name: 'an answer outside the choices',
    files: { 'test.jsonl': `${good}${m3cotRow({ answer: 'D' })}` },
    kind: 'answer-out-of-range',
    file: 'test.jsonl',
    row: 2,
    remaining: 1,
  },
  {
    name: 'an answer that is no letter',
    files: { 'test.jsonl': `${good}${m3cotRow({ answer: 'none of these' })}` },
    kind: 'answer-out-of-range',
    file: 'test.jsonl',
    row: 2,
    remaining: 1,
  },
  {
    name: 'an answer that is a list',
    files: { 'test.jsonl': `${good}${m3cotRow({ answer: ['A', 'B'] })}` },
    kind: 'malformed-row',
    file: 'test.jsonl',
    row: 2,
    remaining: 1,
  },
  {
    name: 'a duplicate id',
    files: { 'test.jsonl': `${good}${good}` },
    kind: 'duplicate-id',
    file: 'test.jsonl',
    row: 2,
    remaining: 1,
  },
  {
    name: 'a duplicate id in another file of the split',
    files: { 'test-1.jsonl': good, 'test-2.jsonl': good },
    kind: 'duplicate-id',
    file: 'test-2.jsonl',
    row: 1,
    remaining: 1,
  },
  {
    name: 'a row that sets __proto__',
    files: { 'test.jsonl': `${good}{"__proto__": ${m3cotRow().trim()}}\n` },
    kind: 'malformed-row',
    file: 'test.jsonl',
    row: 2,
    remaining: 1,
  },
  {
    name: 'a line that is not UTF-8',
    files: {
      'test.jsonl': Buffer.concat([Buffer.from(good), Buffer.from(m3cotRow({ question: 'caf\u00e9' }), 'latin1')]),
    },
    kind: 'wrong-encoding',
    file: 'test.jsonl',
    row: 2,
    remaining: 1,
  },
  { name: 'UTF-16', files: { 'test.jsonl': utf16(good) }, kind: 'wrong-encoding', file: 'test.jsonl' },
  {
    name: 'UTF-16 beside a good split',
    files: { 'test.jsonl': good, 'train.jsonl': Buffer.from(good, 'utf16le') },
    kind: 'wrong-encoding',
    file: 'train.jsonl',
    remaining: 1,
  },
  {
    name: 'a line of 65 MiB',
    files: {
      'test.jsonl': Buffer.concat([
        Buffer.from(`${good}{"id":"`),
        Buffer.alloc(65 * 2 ** 20, 0x78),
        Buffer.from('"}\n'),
      ]),
    },
    kind: 'malformed-row',
    file: 'test.jsonl',
    row: 2,
    remaining: 1,
  },
];

const images: MalformedCase[] = [
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

const parquet: MalformedCase[] = [
  {
    name: 'parquet cut in half',
    files: { 'train.parquet': hub.subarray(0, hub.length / 2) },
    kind: 'malformed-file',
    file: 'train.parquet',
  },
  {
    name: 'parquet without its magic number',
    files: { 'train.parquet': patched(hub, 0, Buffer.from('XXXX')) },
    kind: 'malformed-file',
    file: 'train.parquet',
  },
  {
    name: 'parquet of a magic number alone',
    files: { 'train.parquet': 'PAR1' },
    kind: 'malformed-file',
    file: 'train.parquet',
  },
  {
    name: 'a footer length beyond the file',
    files: { 'train.parquet': patched(hub, -8, Buffer.from([0xff, 0xff, 0xff, 0x7f])) },
    kind: 'malformed-file',
    file: 'train.parquet',
  },
  {
    name: 'a footer of noise',
    files: { 'train.parquet': patched(hub, -1500, Buffer.alloc(1400, 0xa5)) },
    kind: 'malformed-file',
    file: 'train.parquet',
  },
  {
    name: 'a damaged first row group',
    files: { 'train.parquet': patched(hub, 4, Buffer.alloc(60, 0xff)) },
    kind: 'malformed-file',
    file: 'train.parquet',
    row: 1,
    remaining: 2,
  },
  { name: 'text named .parquet', files: { 'train.parquet': 'hello' }, kind: 'malformed-file', file: 'train.parquet' },
  {
    name: 'damaged parquet beside a good split',
    files: { 'data/train.parquet': hub, 'data/test.parquet': hub.subarray(0, 900) },
    kind: 'malformed-file',
    file: 'test.parquet',
    remaining: 4,
  },
];

const tables: MalformedCase[] = [
  {
    name: 'base64 garbage',
    files: { 'x.tsv': `${tsvHeader}1\t${'§'.repeat(80)}\tQ?\tx\ty\tA\n` },
    kind: 'malformed-image',
    file: 'x.tsv',
    from: 'image',
  },
  {
    name: 'an image index that no row has',
    files: { 'x.tsv': `${tsvHeader}1\t99\tQ?\tx\ty\tA\n` },
    kind: 'malformed-row',
    file: 'x.tsv',
    row: 2,
    remaining: 0,
  },
  {
    name: 'an open question',
    files: { 'x.tsv': `${tsvHeader}1\t\tQ?\t\t\tA\n2\t\tQ?\tx\ty\tA\n` },
    kind: 'malformed-row',
    file: 'x.tsv',
    row: 2,
    remaining: 1,
  },
  {
    name: 'a ragged TSV row',
    files: { 'x.tsv': `${tsvHeader}1\t\tQ?\tx\n2\t\tQ?\tx\ty\tA\n` },
    kind: 'malformed-row',
    file: 'x.tsv',
    row: 2,
    remaining: 1,
  },
  {
    name: 'a TSV answer outside the options',
    files: { 'x.tsv': `${tsvHeader}1\t\tQ?\tx\ty\tC\n2\t\tQ?\tx\ty\tA\n` },
    kind: 'answer-out-of-range',
    file: 'x.tsv',
    row: 2,
    remaining: 1,
  },
  {
    name: 'a header with a column twice',
    files: { 'x.tsv': `index\tquestion\tA\tB\tA\tanswer\n1\tQ?\tx\ty\tz\tA\n` },
    kind: 'malformed-file',
    file: 'x.tsv',
  },
  {
    name: 'a ragged CSV row',
    files: { 'x.csv': `${csvHeader}1,Q?,x,y,A,extra\n2,Q?,x,y,A\n` },
    kind: 'malformed-row',
    file: 'x.csv',
    row: 2,
    remaining: 1,
  },
  {
    name: 'an unclosed quote',
    files: { 'x.csv': `${csvHeader}1,"Q?,x,y,A\n2,Q?,x,y,A\n` },
    kind: 'malformed-row',
    file: 'x.csv',
    row: 2,
    remaining: 1,
  },
  {
    name: 'text after a closing quote',
    files: { 'x.csv': `${csvHeader}1,"Q"?,x,y,A\n2,Q?,x,y,A\n` },
    kind: 'malformed-row',
    file: 'x.csv',
    row: 2,
    remaining: 1,
  },
  {
    name: 'a CSV row that is not UTF-8',
    files: {
      'x.csv': Buffer.concat([
        Buffer.from(`${csvHeader}1,Q?,x,y,A\n2,caf`),
        Buffer.from([0xe9]),
        Buffer.from(',x,y,A\n'),
      ]),
    },
    kind: 'wrong-encoding',
    file: 'x.csv',
    row: 3,
    remaining: 1,
  },
  { name: 'a CSV in UTF-16', files: { 'x.csv': utf16(csvHeader) }, kind: 'wrong-encoding', file: 'x.csv' },
  {
    name: 'a CSV row of 65 MiB',
    files: {
      'x.csv': Buffer.concat([
        Buffer.from(`${csvHeader}1,"`),
        Buffer.alloc(65 * 2 ** 20, 0x78),
        Buffer.from('",x,y,A\n2,Q?,x,y,A\n'),
      ]),
    },
    kind: 'malformed-row',
    file: 'x.csv',
    row: 2,
    remaining: 1,
  },
];

const documents: MalformedCase[] = [
  {
    name: 'broken problems.json',
    files: { 'problems.json': `${scienceqa({}).slice(0, -1)},` },
    kind: 'malformed-file',
    file: 'problems.json',
  },
  {
    name: 'a question id used twice',
    files: { 'problems.json': scienceqa({}).replace(/^\{(.*)\}$/s, '{$1,$1}') },
    kind: 'duplicate-id',
    file: 'problems.json',
    remaining: 1,
  },
  {
    name: 'a problem that is null',
    files: { 'problems.json': scienceqa({}).replace('}}', '},"8":null}') },
    kind: 'malformed-row',
    file: 'problems.json',
    row: 2,
    remaining: 1,
  },
  {
    name: 'an answer index outside the choices',
    files: { 'problems.json': scienceqa({ answer: 2 }) },
    kind: 'answer-out-of-range',
    file: 'problems.json',
    row: 1,
    remaining: 0,
  },
  {
    name: 'a negative answer index',
    files: { 'problems.json': scienceqa({ answer: -1 }) },
    kind: 'answer-out-of-range',
    file: 'problems.json',
    row: 1,
    remaining: 0,
  },
  {
    name: 'a fractional answer',
    files: { 'problems.json': scienceqa({ answer: 0.5 }) },
    kind: 'malformed-row',
    file: 'problems.json',
    row: 1,
    remaining: 0,
  },
  {
    name: 'a question id that climbs out',
    files: { 'problems.json': scienceqa({ image: '../../../../etc/hostname' }) },
    kind: 'path-outside-folder',
    file: 'problems.json',
    row: 1,
    remaining: 1,
  },
  {
    name: 'broken dataset.json',
    files: { 'dataset.json': '{"columns": ', 'x.csv': csvHeader },
    kind: 'malformed-file',
    file: 'dataset.json',
  },
  {
    name: 'a dataset.json with an unknown column role',
    files: { 'dataset.json': '{"columns": {"picture": "image"}}', 'x.csv': csvHeader },
    kind: 'malformed-file',
    file: 'dataset.json',
  },
  {
    name: 'a dataset.json that names columns no file has',
    files: { 'dataset.json': '{"columns": {"question": "text"}}', 'x.csv': csvHeader },
    kind: 'malformed-file',
    file: 'dataset.json',
  },
  {
    name: 'a dataset.json that names a missing file',
    files: { 'dataset.json': '{"files": ["y.csv"]}', 'x.csv': csvHeader },
    kind: 'missing-file',
    file: 'dataset.json',
  },
];

const folders: MalformedCase[] = [
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
  { name: 'a JSON list', files: { 'test.json': `[${good.trim()}]` }, kind: 'unknown-format', file: '' },
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

export const datasetCases: readonly MalformedCase[] = [
  ...jsonLines,
  ...images,
  ...parquet,
  ...tables,
  ...documents,
  ...folders,
];

export const predictionCases: readonly MalformedCase[] = [
  {
    name: 'a line that is not JSON',
    files: { 'p.jsonl': `${goodPrediction}{oops\n` },
    kind: 'malformed-row',
    file: 'p.jsonl',
    row: 2,
    remaining: 1,
  },
  {
    name: 'no id',
    files: { 'p.jsonl': `${goodPrediction}${predictionRow({ id: null })}` },
    kind: 'malformed-row',
    file: 'p.jsonl',
    row: 2,
    remaining: 1,
  },
  {
    name: 'no messages',
    files: { 'p.jsonl': `${goodPrediction}${predictionRow({ messages: [] })}` },
    kind: 'malformed-row',
    file: 'p.jsonl',
    row: 2,
    remaining: 1,
  },
  {
    name: 'a message that is an object',
    files: { 'p.jsonl': `${goodPrediction}${predictionRow({ messages: ['a', {}] })}` },
    kind: 'malformed-row',
    file: 'p.jsonl',
    row: 2,
    remaining: 1,
  },
  {
    name: 'a prompt without an output',
    files: { 'p.jsonl': `${goodPrediction}${predictionRow({ messages: ['a'] })}` },
    kind: 'malformed-row',
    file: 'p.jsonl',
    row: 2,
    remaining: 2,
  },
  {
    name: 'no choices',
    files: { 'p.jsonl': `${goodPrediction}${predictionRow({ choices: undefined })}` },
    kind: 'malformed-row',
    file: 'p.jsonl',
    row: 2,
    remaining: 2,
  },
  {
    name: 'no answer',
    files: { 'p.jsonl': `${goodPrediction}${predictionRow({ answer: undefined })}` },
    kind: 'malformed-row',
    file: 'p.jsonl',
    row: 2,
    remaining: 2,
  },
  {
    name: 'stale choices',
    files: { 'p.jsonl': `${goodPrediction}${predictionRow({ answer: 'D' })}` },
    kind: 'answer-out-of-range',
    file: 'p.jsonl',
    row: 2,
    remaining: 2,
  },
  {
    name: 'a duplicate id',
    files: { 'p.jsonl': `${goodPrediction}${goodPrediction}` },
    kind: 'duplicate-id',
    file: 'p.jsonl',
    row: 2,
    remaining: 1,
  },
  {
    name: 'a line that is not UTF-8',
    files: {
      'p.jsonl': Buffer.concat([
        Buffer.from(goodPrediction),
        Buffer.from(predictionRow({ topic: '\u00e9' }), 'latin1'),
      ]),
    },
    kind: 'wrong-encoding',
    file: 'p.jsonl',
    row: 2,
    remaining: 1,
  },
  { name: 'UTF-16', files: { 'p.jsonl': utf16(goodPrediction) }, kind: 'wrong-encoding', file: 'p.jsonl' },
  {
    name: 'a result that is no index',
    files: { 'p.json': '{"results": {"1": 0, "2": "maybe", "3": {}}}' },
    kind: 'malformed-row',
    file: 'p.json',
    row: 2,
    remaining: 1,
  },
  {
    name: 'a question with two results',
    files: { 'p.json': '{"results": {"a": 0, "b": 1, "a": 1}}' },
    kind: 'duplicate-id',
    file: 'p.json',
    row: 1,
    remaining: 2,
  },
  {
    name: 'results that are a list',
    files: { 'p.json': '{"results": [1, 2]}' },
    kind: 'unknown-format',
    file: 'p.json',
  },
  { name: 'results cut off', files: { 'p.json': '{\n"results": {"1": 0,\n' }, kind: 'malformed-file', file: 'p.json' },
  { name: 'a dataset', files: { 'p.jsonl': good }, kind: 'unknown-format', file: 'p.jsonl' },
  { name: 'a table', files: { 'p.csv': csvHeader }, kind: 'unknown-format', file: 'p.csv' },
  { name: 'parquet', files: { 'p.parquet': hub }, kind: 'unknown-format', file: 'p.parquet' },
  { name: 'an empty file', files: { 'p.jsonl': '' }, kind: 'unknown-format', file: 'p.jsonl' },
  { name: 'a folder', files: { 'x/y': '' }, open: 'x', kind: 'unknown-format', file: 'x' },
  { name: 'nothing at the path', files: {}, open: 'absent.jsonl', kind: 'missing-file', file: 'absent.jsonl' },
];

/** Cases that need a user other than root, for whom nothing is forbidden. */
export const permissionCases: readonly MalformedCase[] = [
  {
    name: 'a folder without permission',
    files: { 'set/test.jsonl': good },
    make: (folder) => chmodSync(join(folder, 'set'), 0),
    open: 'set',
    kind: 'permission-denied',
    file: 'set',
  },
  {
    name: 'a data file without permission',
    files: { 'test.jsonl': good },
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

function linkInto(folder: string, link: string, target: string): void {
  mkdirSync(join(folder, link, '..'), { recursive: true });
  symlinkSync(target, join(folder, link));
}
