/** Damaged parquet files. */
import { goodParquet, type MalformedCase } from './case.ts';

export const parquetCases: readonly MalformedCase[] = [
  {
    name: 'parquet cut in half',
    files: { 'train.parquet': goodParquet.subarray(0, goodParquet.length / 2) },
    kind: 'malformed-file',
    file: 'train.parquet',
  },
  {
    name: 'parquet without its magic number',
    files: { 'train.parquet': patched(goodParquet, 0, Buffer.from('XXXX')) },
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
    files: { 'train.parquet': patched(goodParquet, -8, Buffer.from([0xff, 0xff, 0xff, 0x7f])) },
    kind: 'malformed-file',
    file: 'train.parquet',
  },
  {
    name: 'a footer of noise',
    files: { 'train.parquet': patched(goodParquet, -1500, Buffer.alloc(1400, 0xa5)) },
    kind: 'malformed-file',
    file: 'train.parquet',
  },
  {
    name: 'a damaged first row group',
    files: { 'train.parquet': patched(goodParquet, 4, Buffer.alloc(60, 0xff)) },
    kind: 'malformed-file',
    file: 'train.parquet',
    row: 1,
    remaining: 2,
  },
  { name: 'text named .parquet', files: { 'train.parquet': 'hello' }, kind: 'malformed-file', file: 'train.parquet' },
  {
    name: 'damaged parquet beside a good split',
    files: { 'data/train.parquet': goodParquet, 'data/test.parquet': goodParquet.subarray(0, 900) },
    kind: 'malformed-file',
    file: 'test.parquet',
    remaining: 4,
  },
];

/** The file with some bytes replaced. */
function patched(bytes: Uint8Array, offset: number, patch: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy.set(patch, offset < 0 ? copy.length + offset : offset);
  return copy;
}
