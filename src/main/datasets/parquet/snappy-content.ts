/**
 * Random access into a large Snappy stream. Snappy's encoders cut their input into fragments of 64 KiB that never
 * refer to each other, so decoding can start at any fragment. The fragments are found by walking the stream's
 * tags, only as far as has been asked for. The literals (encoded images are nearly nothing else) are not even read:
 * from the end of one the next tag is read, half a kilobyte at first, more where tag follows tag. A cut that some
 * copy does reach across is dropped, so that every Snappy stream is decoded rightly, if not as fast.
 * Format: google/snappy, format_description.txt.
 */
import { compressors } from 'hyparquet-compressors';
import type { ByteRanges } from '../byte-ranges.ts';
import type { PageBytes, PageContent } from './page-content.ts';
import { decoding } from './parquet-file.ts';

/** A position where decoding can start: offsets into the content and into the packed bytes. */
type Cut = Readonly<{ raw: number; packed: number }>;
/** Bytes that stand in the packed stream as they are. */
type Literal = Cut & Readonly<{ size: number }>;

const fragmentBytes = 2 ** 16;
/** Tags, and short reads beside them, go through a window, the larger the further it is read without a jump. */
const smallestWindowBytes = 2 ** 9;
const largestWindowBytes = 2 ** 19;
/** No element's head is longer. */
const longestTagBytes = 5;
/** Literals worth remembering: short reads inside one need no decoding. */
const longLiteralBytes = 2 ** 12;

export function createSnappyContent(bytes: ByteRanges, page: PageBytes): PageContent {
  const { start, compressedSize, uncompressedSize, place } = page;
  const cuts: Cut[] = [];
  const literals: Literal[] = [];
  /** How far the tags have been walked. */
  let scanned: Cut = { raw: 0, packed: 0 };
  let window: Readonly<{ start: number; data: Uint8Array }> = { start: 0, data: new Uint8Array(0) };
  let windowBytes = smallestWindowBytes;
  let last: Readonly<{ from: number; data: Uint8Array }> = { from: 0, data: new Uint8Array(0) };
  /** Reads are done one after the other: they share the walk. */
  let queue: Promise<unknown> = Promise.resolve();

  const isDone = (): boolean => scanned.packed >= compressedSize;

  /** Whether the window has some packed bytes: as many as asked for, less at the end of the page. */
  function isInWindow(offset: number, count: number): boolean {
    const end = Math.min(offset + count, compressedSize);
    return offset >= window.start && end <= window.start + window.data.length;
  }

  /** The bytes of the window's next place. A promise only where the file's answer is one: the places are thousands. */
  function windowAt(offset: number): Uint8Array | Promise<Uint8Array> {
    const isNextTo = offset > window.start && offset <= window.start + window.data.length;
    windowBytes = isNextTo ? Math.min(largestWindowBytes, windowBytes * 2) : smallestWindowBytes;
    const end = Math.min(compressedSize, offset + windowBytes);
    const ahead = Math.min(compressedSize, offset + largestWindowBytes);
    return bytes.readNext(start + offset, start + end, start + ahead);
  }

  async function begin(): Promise<void> {
    window = { start: 0, data: await windowAt(0) };
    const { value, size } = readVarint(window.data);
    if (value !== uncompressedSize) throw new Error(`a stream of ${value} bytes, not ${uncompressedSize}`);
    scanned = { raw: 0, packed: size };
    cuts.push(scanned);
  }

  /** Walks tags until a cut lies at or beyond `raw`, or the stream ends. */
  async function scanTo(raw: number): Promise<void> {
    if (cuts.length === 0) await begin();
    while (!isDone() && (cuts.at(-1)?.raw ?? 0) < raw) {
      if (!isInWindow(scanned.packed, longestTagBytes)) {
        const data = windowAt(scanned.packed);
        window = { start: scanned.packed, data: data instanceof Promise ? await data : data };
      }
      scanned = walk(window.data.subarray(scanned.packed - window.start), scanned, raw);
    }
    if (isDone() && scanned.raw !== uncompressedSize) throw new Error('the stream ends early');
  }

  /** Walks the tags of a view; stops where a tag may be cut off by its end. */
  function walk(view: Uint8Array, from: Cut, goal: number): Cut {
    let at = 0;
    let raw = from.raw;
    const end = from.packed + view.length >= compressedSize ? view.length : view.length - longestTagBytes + 1;
    while (at < end) {
      const cut = cuts.at(-1);
      if (cut !== undefined && raw - cut.raw >= fragmentBytes) {
        cuts.push({ raw, packed: from.packed + at });
        if (raw >= goal) break;
      }
      const tag = readTag(view, at);
      at += tag.packedSize;
      if (tag.copyOffset !== 0) dropCutsReachedAcross(raw, tag.copyOffset);
      else if (tag.rawSize >= longLiteralBytes) {
        literals.push({ raw, packed: from.packed + at - tag.rawSize, size: tag.rawSize });
      }
      raw += tag.rawSize;
    }
    const packed = from.packed + at;
    if (packed > compressedSize) throw new Error('a literal beyond the end of the page');
    return { raw, packed };
  }

  function dropCutsReachedAcross(raw: number, copyOffset: number): void {
    if (copyOffset > raw) throw new Error('a copy from before the start of the stream');
    while ((cuts.at(-1)?.raw ?? 0) > raw - copyOffset) cuts.pop();
  }

  async function read(from: number, to: number): Promise<Uint8Array> {
    if (to > uncompressedSize) throw new Error('the page ends early');
    if (from >= last.from && to <= last.from + last.data.length)
      return last.data.subarray(from - last.from, to - last.from);
    await scanTo(to);
    const literal = literals[lastIndexAtOrBefore(literals, from)];
    if (literal !== undefined && from >= literal.raw && to <= literal.raw + literal.size) {
      const packed = literal.packed - literal.raw;
      if (packed + from >= window.start && packed + to <= window.start + window.data.length) {
        return window.data.subarray(packed + from - window.start, packed + to - window.start);
      }
      const at = start + packed;
      return to - from < smallestWindowBytes
        ? bytes.readNext(at + from, at + to, at + to)
        : bytes.read(at + from, at + to);
    }
    const first = cuts[lastIndexAtOrBefore(cuts, from)] ?? { raw: 0, packed: 0 };
    const end = cuts.find((cut) => cut.raw >= to) ?? { raw: uncompressedSize, packed: compressedSize };
    const packed = await bytes.read(start + first.packed, start + end.packed);
    const data = unpack(packed, end.raw - first.raw);
    last = { from: first.raw, data };
    return data.subarray(from - first.raw, to - first.raw);
  }

  return {
    sizeBytes: uncompressedSize,
    retainedBytes: largestWindowBytes + 4 * fragmentBytes,
    read(from, to) {
      const result = queue.then(() => decoding(bytes.file, place, () => read(from, to)));
      queue = result.catch(() => undefined);
      return result;
    },
  };
}

/** The fragments [first, end) are a Snappy stream of their own, once their length stands before them. */
function unpack(packed: Uint8Array, rawSize: number): Uint8Array {
  const stream = new Uint8Array(packed.length + 5);
  let size = 0;
  for (let rest = rawSize; ; rest = Math.floor(rest / 128)) {
    stream[size] = (rest % 128) | (rest >= 128 ? 0x80 : 0);
    size += 1;
    if (rest < 128) break;
  }
  stream.set(packed, size);
  const { SNAPPY } = compressors;
  if (SNAPPY === undefined) throw new Error('no Snappy decoder');
  return SNAPPY(stream.subarray(0, size + packed.length), rawSize);
}

function lastIndexAtOrBefore(cuts: readonly Cut[], raw: number): number {
  let low = 0;
  let high = cuts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((cuts[middle]?.raw ?? 0) <= raw) low = middle;
    else high = middle - 1;
  }
  return low;
}

function readVarint(bytes: Uint8Array): { value: number; size: number } {
  let value = 0;
  for (let size = 0; size < 5; size++) {
    const part = bytes[size];
    if (part === undefined) break;
    value += (part & 0x7f) * 128 ** size;
    if (part < 0x80) return { value, size: size + 1 };
  }
  throw new Error('no stream length');
}

/** One element: how many packed bytes it takes, how many raw bytes it gives, and how far back it copies from (0: a literal). */
function readTag(view: Uint8Array, at: number): { packedSize: number; rawSize: number; copyOffset: number } {
  const byte = (offset: number): number => {
    const value = view[at + offset];
    if (value === undefined) throw new Error('the stream ends inside an element');
    return value;
  };
  const tag = byte(0);
  const high = tag >> 2;
  const kind = tag & 3;
  if (kind === 1) {
    return { packedSize: 2, rawSize: 4 + (high & 7), copyOffset: atLeastOne(((tag >> 5) << 8) | byte(1)) };
  }
  if (kind === 2) return { packedSize: 3, rawSize: high + 1, copyOffset: atLeastOne(byte(1) | (byte(2) << 8)) };
  if (kind === 3) {
    const copyOffset = byte(1) + byte(2) * 2 ** 8 + byte(3) * 2 ** 16 + byte(4) * 2 ** 24;
    return { packedSize: 5, rawSize: high + 1, copyOffset: atLeastOne(copyOffset) };
  }
  if (high < 60) return { packedSize: 1 + high + 1, rawSize: high + 1, copyOffset: 0 };
  const lengthBytes = high - 59;
  let length = 1;
  for (let index = 0; index < lengthBytes; index++) length += byte(1 + index) * 2 ** (8 * index);
  return { packedSize: 1 + lengthBytes + length, rawSize: length, copyOffset: 0 };
}

function atLeastOne(offset: number): number {
  if (offset === 0) throw new Error('a copy from nowhere');
  return offset;
}
