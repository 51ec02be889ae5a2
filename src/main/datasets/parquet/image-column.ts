/**
 * The images of a parquet file, one at a time: the row group is known from the footer, the page from the page
 * headers, and of the page only what leads to the one value is unpacked. Memory is bounded by one image and its
 * neighbours, whatever the sizes of file, row group and page. The way to an image late in a large page is long from a
 * disk, so it can be walked beforehand.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { ColumnMetaData } from 'hyparquet';
import { createByteArrayValues, type ByteArrayValues } from './byte-array-values.ts';
import { decodeHybrid } from './hybrid-levels.ts';
import { openPageContent, type PageContent } from './page-content.ts';
import { listPages, type Page } from './pages.ts';
import { decoding, failMalformed, type ParquetFile, type RowGroupSpan } from './parquet-file.ts';

export interface ImageColumn {
  /**
   * The bytes at a row of the file (from 0), or null where the row has none. `checkSize` sees the length before
   * the bytes are read. Fails: `malformed-file`, and what `checkSize` fails with.
   */
  read(rowIndex: number, checkSize: (sizeBytes: number) => void): Promise<Uint8Array | null>;
  /**
   * Walks the large pages once, as many as are kept open, so that each of their images is then a read or two away.
   * Gives way to every `read`. What is damaged is left to whoever reads it. Ends early with the signal.
   */
  findAll(signal: AbortSignal): Promise<void>;
  /** How many rows of a group have no bytes, as the footer says it; null where it does not. */
  nullCount(group: RowGroupSpan): number | null;
  /** For each row of a group, whether it has bytes. Unpacks the levels only where the codec allows it. */
  presence(group: RowGroupSpan): Promise<boolean[]>;
}

/**
 * A page opened: where its values are (null: in the dictionary) and, of a data page, the ordinal of each row's
 * value (-1: none).
 */
type OpenPage = Readonly<{ ordinals: Int32Array; values: ByteArrayValues | null; retainedBytes: number }>;

const maxOpenPages = 64;
/** Smaller pages are walked in a moment. */
const largePageBytes = 4 * 2 ** 20;
/** Pages of the others are unpacked whole, too much for images that may never be asked for. */
const walkedCodecs: ReadonlySet<string> = new Set(['SNAPPY', 'UNCOMPRESSED']);
/** Values found between two looks at whether somebody reads, which are so many ms apart while somebody does. */
const valuesAtOnce = 8;
const giveWayMs = 2;

/** The column is a struct with `bytes` (as the Hub writes images) or plain binary. */
export function openImageColumn(parquet: ParquetFile, column: string): ImageColumn {
  const { bytes, metadata } = parquet;
  const leaf = parquet.leaves.has(`${column}.bytes`) ? `${column}.bytes` : column;
  const maxLevel = maxDefinitionLevel(parquet, leaf);
  const pagesByGroup = new Map<number, Promise<readonly Page[]>>();
  const openPages = createPageCache();
  let readCount = 0;
  const isRead = (): boolean => readCount > 0;

  const chunkOf = (group: RowGroupSpan): ColumnMetaData => {
    const chunks = metadata.row_groups[group.index]?.columns ?? [];
    const chunk = chunks.find(({ meta_data: data }) => data?.path_in_schema.join('.') === leaf)?.meta_data;
    return chunk ?? failMalformed(bytes.file, placeOf(group), `a column ${leaf}`, 'none');
  };
  const placeOf = (group: RowGroupSpan): string => `row group ${group.index + 1}, column ${leaf}`;

  const pagesOf = (group: RowGroupSpan): Promise<readonly Page[]> => {
    let pages = pagesByGroup.get(group.index);
    if (pages === undefined) {
      pages = listPages(bytes, chunkOf(group), placeOf(group));
      pagesByGroup.set(group.index, pages);
    }
    return pages;
  };

  const contentOf = (page: Page, group: RowGroupSpan): Promise<PageContent> =>
    openPageContent(bytes, {
      start: page.dataStart + page.levelBytes,
      compressedSize: page.compressedSize - page.levelBytes,
      uncompressedSize: page.uncompressedSize - page.levelBytes,
      codec: page.isCompressed ? chunkOf(group).codec : 'UNCOMPRESSED',
      place: placeOf(group),
    });

  const dictionaryOf = async (group: RowGroupSpan): Promise<ByteArrayValues> => {
    const page = (await pagesOf(group)).find(({ kind }) => kind === 'dictionary');
    if (page === undefined) return failMalformed(bytes.file, placeOf(group), 'a dictionary page', 'none');
    const { values } = await openPages(page, async () => {
      const content = await contentOf(page, group);
      const { retainedBytes } = content;
      return { ordinals: new Int32Array(0), values: createByteArrayValues(content, 0), retainedBytes };
    });
    if (values === null) throw new Error('a dictionary page has its own values');
    return values;
  };

  const openDataPage = (page: Page, group: RowGroupSpan): Promise<OpenPage> =>
    openPages(page, async () => {
      const content = await contentOf(page, group);
      const { retainedBytes } = content;
      const { levels, start } = await levelsOf(page, content);
      const ordinals = ordinalsOf(levels, page.valueCount, maxLevel);
      if (page.encoding === 'plain') return { ordinals, values: createByteArrayValues(content, start), retainedBytes };
      if (page.encoding === 'other') throw new Error('an encoding of values that is not supported');
      const packed = await content.read(start, content.sizeBytes);
      const indices = decodeHybrid(packed.subarray(1), packed[0] ?? 0, countOf(ordinals));
      return { ordinals: ordinals.map((ordinal) => indices[ordinal] ?? -1), values: null, retainedBytes: 0 };
    });

  /** Definition levels (undefined: none stored), and where the values start in the content. */
  async function levelsOf(
    page: Page,
    content: PageContent,
  ): Promise<{ levels: Uint32Array | undefined; start: number }> {
    if (maxLevel === 0) return { levels: undefined, start: 0 };
    const bitWidth = 32 - Math.clz32(maxLevel);
    if (page.kind === 'data-v2') {
      const stored = await bytes.read(page.dataStart + page.repetitionBytes, page.dataStart + page.levelBytes);
      return { levels: decodeHybrid(stored, bitWidth, page.valueCount), start: 0 };
    }
    const head = await content.read(0, 4);
    const size = new DataView(head.buffer, head.byteOffset, 4).getUint32(0, true);
    return { levels: decodeHybrid(await content.read(4, 4 + size), bitWidth, page.valueCount), start: 4 + size };
  }

  async function readRow(rowIndex: number, checkSize: (sizeBytes: number) => void): Promise<Uint8Array | null> {
    const group = parquet.rowGroups.find(
      ({ firstRow, rowCount }) => rowIndex >= firstRow && rowIndex < firstRow + rowCount,
    );
    if (group === undefined)
      return failMalformed(bytes.file, `row ${rowIndex + 1}`, 'a row of the file', 'no such row');
    const inGroup = rowIndex - group.firstRow;
    const page = (await pagesOf(group)).find(
      ({ kind, firstRow, valueCount }) =>
        kind !== 'dictionary' && inGroup >= firstRow && inGroup < firstRow + valueCount,
    );
    if (page === undefined) {
      return failMalformed(bytes.file, placeOf(group), `a page with row ${inGroup + 1}`, 'none');
    }
    const opened = await decoding(bytes.file, placeOf(group), () => openDataPage(page, group));
    const ordinal = opened.ordinals[inGroup - page.firstRow] ?? -1;
    if (ordinal < 0) return null;
    const values = opened.values ?? (await decoding(bytes.file, placeOf(group), () => dictionaryOf(group)));
    checkSize(await decoding(bytes.file, placeOf(group), () => values.size(ordinal)));
    return decoding(bytes.file, placeOf(group), () => values.read(ordinal));
  }

  /** All values of a page, be it a dictionary (pyarrow puts images there) or data. */
  async function findValues(page: Page, group: RowGroupSpan, signal: AbortSignal): Promise<void> {
    const opened = page.kind === 'dictionary' ? null : await openDataPage(page, group);
    const values = opened === null ? await dictionaryOf(group) : opened.values;
    const count = opened === null ? page.valueCount : countOf(opened.ordinals);
    if (values === null) return;
    for (let found = 0; found < count && !signal.aborted; found += valuesAtOnce) {
      while (isRead() && !signal.aborted) await delay(giveWayMs, undefined, { ref: false });
      await values.size(Math.min(found + valuesAtOnce, count) - 1);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  return {
    async read(rowIndex, checkSize) {
      readCount += 1;
      try {
        return await readRow(rowIndex, checkSize);
      } finally {
        readCount -= 1;
      }
    },
    async findAll(signal) {
      let pagesLeft = maxOpenPages;
      for (const group of parquet.rowGroups) {
        if (signal.aborted) return;
        const isWalked = walkedCodecs.has(chunkOf(group).codec);
        const pages = isWalked ? await pagesOf(group).catch((): readonly Page[] => []) : [];
        const large = pages.filter(({ uncompressedSize }) => uncompressedSize > largePageBytes);
        for (const page of large.slice(0, pagesLeft)) await findValues(page, group, signal).catch(() => undefined);
        pagesLeft -= large.length;
        if (pagesLeft <= 0) return;
      }
    },
    nullCount(group) {
      const count = chunkOf(group).statistics?.null_count;
      return count === undefined ? null : Number(count);
    },
    async presence(group) {
      const present: boolean[] = [];
      for (const page of await pagesOf(group)) {
        if (page.kind === 'dictionary') continue;
        const content = await contentOf(page, group);
        const { levels } = await decoding(bytes.file, placeOf(group), () => levelsOf(page, content));
        for (const ordinal of ordinalsOf(levels, page.valueCount, maxLevel)) present.push(ordinal >= 0);
      }
      return present;
    },
  };
}

function maxDefinitionLevel({ metadata }: ParquetFile, leaf: string): number {
  let level = 0;
  let depth: string[] = [];
  for (const element of metadata.schema.slice(1)) {
    const isOnPath =
      leaf === [...depth, element.name].join('.') || leaf.startsWith(`${[...depth, element.name].join('.')}.`);
    if (!isOnPath) continue;
    depth = [...depth, element.name];
    if (element.repetition_type === 'OPTIONAL') level += 1;
    if (depth.join('.') === leaf) break;
  }
  return level;
}

function ordinalsOf(levels: Uint32Array | undefined, count: number, maxLevel: number): Int32Array {
  const ordinals = new Int32Array(count);
  let next = 0;
  for (let index = 0; index < count; index++) {
    ordinals[index] = levels === undefined || levels[index] === maxLevel ? next++ : -1;
  }
  return ordinals;
}

function countOf(ordinals: Int32Array): number {
  return ordinals.reduce((count, ordinal) => count + (ordinal >= 0 ? 1 : 0), 0);
}

/**
 * Pages stay open for their other images, the least recently used ones going first. The one used last stays, also
 * where it alone is more than the limit: unpacking it again for its next image would take as much memory.
 */
function createPageCache(): (page: Page, open: () => Promise<OpenPage>) => Promise<OpenPage> {
  const maxRetainedBytes = 128 * 2 ** 20;
  const cache = new Map<Page, { opened: Promise<OpenPage>; retainedBytes: number }>();
  let retained = 0;

  const forget = (page: Page): void => {
    retained -= cache.get(page)?.retainedBytes ?? 0;
    cache.delete(page);
  };

  return async (page, open) => {
    const entry = cache.get(page) ?? { opened: open(), retainedBytes: 0 };
    // Inserted anew, so that the map's first key is the one not used for the longest time.
    cache.delete(page);
    cache.set(page, entry);
    try {
      const opened = await entry.opened;
      if (cache.get(page) === entry) {
        retained += opened.retainedBytes - entry.retainedBytes;
        entry.retainedBytes = opened.retainedBytes;
      }
      for (const [other, { retainedBytes }] of cache) {
        const isTooMuch = retained > maxRetainedBytes && opened.retainedBytes > 0 && retainedBytes > 0;
        if (other !== page && (isTooMuch || cache.size > maxOpenPages)) forget(other);
      }
      return opened;
    } catch (error) {
      forget(page);
      throw error;
    }
  };
}
