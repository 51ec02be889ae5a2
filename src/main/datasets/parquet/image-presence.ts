/**
 * Which rows of a row group have an image, without reading images: the footer's null count decides where all or
 * none are null; else the small `path` part of the image struct, where its nulls are as many as the bytes' nulls;
 * else the definition levels of the bytes themselves, which may cost unpacking them.
 */
import type { ImageColumn } from './image-column.ts';
import type { ParquetFile, ParquetRow, RowGroupSpan } from './parquet-file.ts';

export type RowImage = Readonly<{
  hasBytes: boolean;
  /** The `path` that the row's image struct says, or null. */
  path: string | null;
}>;

/** `rows` were read with the leaf `<column>.path`, where there is one. */
export async function rowImages(
  parquet: ParquetFile,
  images: ImageColumn,
  group: RowGroupSpan,
  rows: readonly ParquetRow[],
  column: string,
): Promise<RowImage[]> {
  const paths = rows.map((row) => pathOf(row[column]));
  const nullCount = images.nullCount(group);
  if (nullCount === 0) return paths.map((path) => ({ hasBytes: true, path }));
  if (nullCount === group.rowCount) return paths.map((path) => ({ hasBytes: false, path }));
  if (nullCount !== null && parquet.leaves.has(`${column}.path`)) {
    const isNull = rows.map((row) => row[column] === undefined || row[column] === null);
    if (isNull.filter(Boolean).length === nullCount) {
      return paths.map((path, index) => ({ hasBytes: isNull[index] !== true, path }));
    }
  }
  const present = await images.presence(group);
  return paths.map((path, index) => ({ hasBytes: present[index] === true, path }));
}

function pathOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || !('path' in value)) return null;
  return typeof value.path === 'string' && value.path !== '' ? value.path : null;
}
