/**
 * The pages of one column chunk, found by hopping from page header to page header; the pages' data is not read.
 * Format: the Apache Parquet specification, `PageHeader`.
 */
import type { ColumnMetaData } from 'hyparquet';
import type { ByteRanges } from '../byte-ranges.ts';
import { OutOfBytes, readStruct, type ThriftStruct } from './compact-thrift.ts';
import { failMalformed } from './parquet-file.ts';

export type Page = Readonly<{
  kind: 'data' | 'data-v2' | 'dictionary';
  /** First row of the page in its row group (flat columns: one value a row); 0 for a dictionary. */
  firstRow: number;
  valueCount: number;
  encoding: 'plain' | 'dictionary' | 'other';
  dataStart: number;
  compressedSize: number;
  uncompressedSize: number;
  /** Version 2: bytes of levels before the values, never compressed. */
  levelBytes: number;
  /** Version 2: of those, the repetition levels, which come first. */
  repetitionBytes: number;
  isCompressed: boolean;
}>;

const kinds: Readonly<Record<number, Page['kind'] | 'index'>> = {
  0: 'data',
  1: 'index',
  2: 'dictionary',
  3: 'data-v2',
};
const encodings: Readonly<Record<number, Page['encoding']>> = { 0: 'plain', 2: 'dictionary', 8: 'dictionary' };

/** Fails: `malformed-file`. */
export async function listPages(bytes: ByteRanges, chunk: ColumnMetaData, place: string): Promise<Page[]> {
  // Some writers leave out the dictionary's offset and point at the dictionary as the first data page.
  const start = Math.min(
    Number(chunk.data_page_offset),
    Number(chunk.dictionary_page_offset ?? chunk.data_page_offset) || Number(chunk.data_page_offset),
  );
  const end = start + Number(chunk.total_compressed_size);
  const pages: Page[] = [];
  let row = 0;
  for (let at = start; at < end;) {
    const header = readHeader(bytes, at, end, place);
    const { struct, headerSize } = header instanceof Promise ? await header : header;
    const page = pageOf(struct, at + headerSize, row);
    if (page !== null) {
      if (page.compressedSize < 0 || page.uncompressedSize < 0 || page.valueCount < 0) {
        failMalformed(bytes.file, place, 'page sizes from 0', 'a negative size');
      }
      pages.push(page);
      if (page.kind !== 'dictionary') row += page.valueCount;
    }
    const size = struct.integers.get(3) ?? -1;
    if (size < 0 || at + headerSize + size > end) {
      failMalformed(bytes.file, place, `a page that ends by byte ${end}`, `${size} bytes at byte ${at + headerSize}`);
    }
    at += headerSize + size;
  }
  return pages;
}

type Header = Readonly<{ struct: ThriftStruct; headerSize: number }>;

/** Headers are a few dozen bytes, more with statistics; a writer that puts megabytes into one is broken. */
function readHeader(bytes: ByteRanges, at: number, end: number, place: string, window = 512): Header | Promise<Header> {
  const parse = (head: Uint8Array): Header | Promise<Header> => {
    try {
      const { struct, end: headerSize } = readStruct(head, 0);
      return { struct, headerSize };
    } catch (error) {
      const isCutOff = error instanceof OutOfBytes;
      if (isCutOff && at + window < end && window <= 2 ** 20) return readHeader(bytes, at, end, place, window * 8);
      return failMalformed(bytes.file, place, 'a page header', isCutOff ? 'its end is missing' : String(error));
    }
  };
  const stop = Math.min(end, at + window);
  const head = bytes.readNext(at, stop, stop);
  return head instanceof Promise ? head.then(parse) : parse(head);
}

function pageOf(header: ThriftStruct, dataStart: number, firstRow: number): Page | null {
  const kind = kinds[header.integers.get(1) ?? -1];
  const detail = header.structs.get(kind === 'data' ? 5 : kind === 'dictionary' ? 7 : 8);
  if (kind === undefined || kind === 'index' || detail === undefined) return null;
  const repetitionBytes = kind === 'data-v2' ? (detail.integers.get(6) ?? 0) : 0;
  return {
    kind,
    firstRow: kind === 'dictionary' ? 0 : firstRow,
    valueCount: detail.integers.get(1) ?? -1,
    encoding: encodings[detail.integers.get(kind === 'data-v2' ? 4 : 2) ?? -1] ?? 'other',
    dataStart,
    uncompressedSize: header.integers.get(2) ?? -1,
    compressedSize: header.integers.get(3) ?? -1,
    repetitionBytes,
    levelBytes: kind === 'data-v2' ? repetitionBytes + (detail.integers.get(5) ?? 0) : 0,
    isCompressed: kind !== 'data-v2' || detail.integers.get(7) !== 0,
  };
}
