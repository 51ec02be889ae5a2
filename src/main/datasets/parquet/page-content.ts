/**
 * Random access to the uncompressed bytes of a page. Writers put a whole row group's images into one page (a
 * thousand images, a hundred megabytes and more), so a large Snappy page is not unpacked to reach one of them:
 * see `snappy-content.ts`. Other codecs are unpacked whole.
 */
import type { CompressionCodec } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import type { ByteRanges } from '../byte-ranges.ts';
import { decoding, failMalformed } from './parquet-file.ts';
import { createSnappyContent } from './snappy-content.ts';

export interface PageContent {
  readonly sizeBytes: number;
  /** About how much memory it holds while it is kept. */
  readonly retainedBytes: number;
  /** Exactly the bytes [start, end) of the content. Throws an `Error` beyond its end. */
  read(start: number, end: number): Promise<Uint8Array>;
}

export type PageBytes = Readonly<{
  start: number;
  compressedSize: number;
  uncompressedSize: number;
  codec: CompressionCodec;
  /** For failures. */
  place: string;
}>;

/** Up to this size a page is unpacked whole. */
const smallPageBytes = 4 * 2 ** 20;
/** Codecs that can only be unpacked whole must stay below this. */
const maxWholeBytes = 2 ** 30;

/** Up to this size parts of a page that is not packed are read as the next ones of many. */
const shortReadBytes = 2 ** 12;

/** Fails: `malformed-file`, and the system's failures. */
export async function openPageContent(bytes: ByteRanges, page: PageBytes): Promise<PageContent> {
  const { start, compressedSize, uncompressedSize, codec, place } = page;
  if (codec === 'UNCOMPRESSED') {
    return { sizeBytes: compressedSize, retainedBytes: 0, read: (from, to) => readWithin(bytes, page, from, to) };
  }
  if (codec === 'SNAPPY' && uncompressedSize > smallPageBytes) return createSnappyContent(bytes, page);
  const unpack = compressors[codec];
  if (unpack === undefined || uncompressedSize > maxWholeBytes) {
    return failMalformed(bytes.file, place, 'a page that can be unpacked', `${uncompressedSize} bytes of ${codec}`);
  }
  const packed = await bytes.read(start, start + compressedSize);
  const content = await decoding(bytes.file, place, () => unpack(packed, uncompressedSize));
  return {
    sizeBytes: content.length,
    retainedBytes: content.length,
    read: async (from, to) => {
      if (to > content.length) throw new Error('the page ends early');
      return content.subarray(from, to);
    },
  };
}

async function readWithin(bytes: ByteRanges, page: PageBytes, from: number, to: number): Promise<Uint8Array> {
  if (to > page.compressedSize) throw new Error('the page ends early');
  const start = page.start + from;
  const end = page.start + to;
  return to - from <= shortReadBytes ? bytes.readNext(start, end, end) : bytes.read(start, end);
}
