/** The parquet files of one dataset, each opened once, on first use, and closed together. */
import type { DatasetFolder } from '../folder.ts';
import { openImageColumn, type ImageColumn } from './image-column.ts';
import { openParquet, type ParquetFile } from './parquet-file.ts';

export interface ParquetFiles {
  /** Fails: `malformed-file`, `path-outside-folder`, and the system's failures. */
  open(file: string): Promise<ParquetFile>;
  images(file: string, column: string): Promise<ImageColumn>;
  /** Finds the images of every file opened so far whose rows have this column, one file after the other; ends early with `close`. */
  findImages(column: string): Promise<void>;
  close(): Promise<void>;
}

export function createParquetFiles(folder: DatasetFolder): ParquetFiles {
  const opened = new Map<string, Promise<ParquetFile>>();
  const columns = new Map<string, ImageColumn>();
  const open = (file: string): Promise<ParquetFile> => {
    let parquet = opened.get(file);
    if (parquet === undefined) {
      parquet = folder.resolve(file).then((path) => openParquet(path, file));
      opened.set(file, parquet);
      // A file that could not be opened is tried again when it is asked for again.
      parquet.catch(() => opened.delete(file));
    }
    return parquet;
  };
  const images = async (file: string, column: string): Promise<ImageColumn> => {
    const parquet = await open(file);
    const key = `${column}\n${file}`;
    const known = columns.get(key) ?? openImageColumn(parquet, column);
    columns.set(key, known);
    return known;
  };
  const closing = new AbortController();
  let finding: Promise<void> = Promise.resolve();
  const findImages = async (column: string): Promise<void> => {
    for (const file of opened.keys()) {
      if (closing.signal.aborted) return;
      const parquet = await open(file);
      if (parquet.columns.includes(column)) await (await images(file, column)).findAll(closing.signal);
    }
  };
  return {
    open,
    images,
    findImages(column) {
      // A file that cannot be read says so to whoever asks for one of its images.
      finding = findImages(column).catch(() => undefined);
      return finding;
    },
    async close() {
      closing.abort();
      // A file is not closed under a read.
      await finding;
      const all = await Promise.allSettled(opened.values());
      opened.clear();
      columns.clear();
      for (const result of all) if (result.status === 'fulfilled') await result.value.close();
    },
  };
}
