/**
 * A parquet file of rows with an image column. The footer is checked before anything is believed; text columns
 * are decoded by hyparquet, one row group at a time, through a projection of the footer that leaves the images'
 * bytes out, so that reading the rows of a 1.6 GB file touches only its text.
 */
import {
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  type FileMetaData,
  type SchemaElement,
} from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { fail, failureOf } from '../../../shared/failure.ts';
import { shorten } from '../text/json-lines.ts';
import { openByteRanges, type ByteRanges } from '../byte-ranges.ts';

export type RowGroupSpan = Readonly<{ index: number; firstRow: number; rowCount: number }>;

export type ParquetRow = Readonly<Record<string, unknown>>;

export interface ParquetFile {
  readonly bytes: ByteRanges;
  readonly metadata: FileMetaData;
  /** Dotted names of the leaf columns (`image.bytes`). */
  readonly leaves: ReadonlySet<string>;
  /** Names of the top-level columns. */
  readonly columns: readonly string[];
  readonly rowGroups: readonly RowGroupSpan[];
  /**
   * The rows of one row group with the given leaves only (`question`, `image.path`). Leaves that the file lacks
   * are absent from the rows. Fails: `malformed-file`.
   */
  readRows(group: RowGroupSpan, leaves: ReadonlySet<string>): Promise<ParquetRow[]>;
  close(): Promise<void>;
}

/** Row groups of more rows are refused: decoding one needs memory in proportion. */
const maxGroupRows = 5_000_000;

/** Fails: `malformed-file`, and the system's failures. */
export async function openParquet(path: string, file: string): Promise<ParquetFile> {
  const bytes = await openByteRanges(path, file);
  try {
    const buffer = bufferOf(bytes);
    const metadata = await decoding(file, 'the footer', () => parquetMetadataAsync(buffer, { geoparquet: false }));
    const rowGroups = checkedGroups(metadata, bytes);
    const columns = await decoding(file, 'the schema', () =>
      parquetSchema(metadata).children.map((child) => child.element.name),
    );
    return {
      bytes,
      metadata,
      leaves: leafNames(metadata),
      columns,
      rowGroups,
      async readRows(group, leaves) {
        const projected = projection(metadata, leaves);
        const place = `row group ${group.index + 1}`;
        const rows = await decoding(file, place, () =>
          parquetReadObjects({
            file: buffer,
            metadata: projected,
            columns: parquetSchema(projected).children.map((child) => child.element.name),
            rowStart: group.firstRow,
            rowEnd: group.firstRow + group.rowCount,
            compressors,
            geoparquet: false,
          }),
        );
        if (rows.length !== group.rowCount) {
          failMalformed(file, place, `${group.rowCount} rows`, `${rows.length} rows`);
        }
        return rows as ParquetRow[];
      },
      close: () => bytes.close(),
    };
  } catch (error) {
    await bytes.close();
    throw error;
  }
}

/** Runs a decoder that throws plain errors on damaged data, and makes them `malformed-file`. */
export async function decoding<T>(file: string, place: string, decode: () => T | Promise<T>): Promise<T> {
  try {
    return await decode();
  } catch (error) {
    if (failureOf(error) !== undefined) throw error;
    return failMalformed(file, place, 'parquet data', error instanceof Error ? error.message : String(error));
  }
}

function leafNames(metadata: FileMetaData): Set<string> {
  const chunks = metadata.row_groups[0]?.columns ?? [];
  return new Set(chunks.flatMap(({ meta_data: chunk }) => chunk?.path_in_schema.join('.') ?? []));
}

/** The failure of a damaged parquet file. */
export function failMalformed(file: string, place: string, expected: string, found: string): never {
  fail('malformed-file', `${file}: ${place} cannot be decoded.`, {
    file,
    place,
    expected,
    found: shorten(found),
    action: 'The file is damaged or incomplete; fetch it again.',
  });
}

function bufferOf(bytes: ByteRanges) {
  return {
    byteLength: bytes.sizeBytes,
    async slice(start: number, end: number = bytes.sizeBytes): Promise<ArrayBuffer> {
      const from = start < 0 ? bytes.sizeBytes + start : start;
      const { buffer } = await bytes.read(from, end);
      return buffer as ArrayBuffer;
    },
  };
}

/** The footer says where everything lies: none of it is used before it is known to lie inside the file. */
function checkedGroups(metadata: FileMetaData, bytes: ByteRanges): RowGroupSpan[] {
  const { file, sizeBytes } = bytes;
  let firstRow = 0;
  const groups = metadata.row_groups.map((group, index): RowGroupSpan => {
    const place = `row group ${index + 1}`;
    const rowCount = Number(group.num_rows);
    if (!Number.isSafeInteger(rowCount) || rowCount < 0 || rowCount > maxGroupRows) {
      failMalformed(file, place, `at most ${maxGroupRows} rows`, `${rowCount} rows`);
    }
    for (const { meta_data: chunk, file_path: elsewhere } of group.columns) {
      if (chunk === undefined || elsewhere !== undefined) {
        return failMalformed(file, place, 'columns in the same file', 'a column in another file, or encrypted');
      }
      const start = Number(chunk.dictionary_page_offset ?? chunk.data_page_offset);
      const size = Number(chunk.total_compressed_size);
      if (!(start >= 0 && size >= 0 && start + size <= sizeBytes)) {
        failMalformed(
          file,
          `${place}, column ${chunk.path_in_schema.join('.')}`,
          `offsets up to ${sizeBytes}`,
          `${start} + ${size}`,
        );
      }
    }
    const span = { index, firstRow, rowCount };
    firstRow += rowCount;
    return span;
  });
  if (Number(metadata.num_rows) !== firstRow) {
    failMalformed(file, 'the footer', `${metadata.num_rows} rows`, `row groups with ${firstRow} rows`);
  }
  return groups;
}

/**
 * The footer as if the file held only some leaves. A leaf is wanted by its own dotted name or by its column's;
 * emptied groups go, and each group's number of children is counted anew.
 */
function projection(metadata: FileMetaData, leaves: ReadonlySet<string>): FileMetaData {
  const isWanted = (path: readonly string[]): boolean => leaves.has(path[0] ?? '') || leaves.has(path.join('.'));
  let next = 0;
  const keep = (path: readonly string[], isRoot: boolean): SchemaElement[] => {
    const element = metadata.schema[next];
    if (element === undefined) throw new Error('the schema ends early');
    next += 1;
    const own = isRoot ? path : [...path, element.name];
    const childCount = element.num_children ?? 0;
    if (childCount === 0) return isWanted(own) ? [element] : [];
    const children: SchemaElement[][] = [];
    for (let child = 0; child < childCount; child++) {
      const kept = keep(own, false);
      if (kept.length > 0) children.push(kept);
    }
    if (children.length === 0 && !isRoot) return [];
    return [{ ...element, num_children: children.length }, ...children.flat()];
  };
  return {
    ...metadata,
    schema: keep([], true),
    row_groups: metadata.row_groups.map((group) => ({
      ...group,
      columns: group.columns.filter(({ meta_data: chunk }) => chunk !== undefined && isWanted(chunk.path_in_schema)),
    })),
  };
}
