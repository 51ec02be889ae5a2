/** The parquet files of one dataset, each opened once, on first use, and closed together. */
import type { DatasetFolder } from '../folder.ts';
import { openImageColumn, type ImageColumn } from './image-column.ts';
import { openParquet, type ParquetFile } from './parquet-file.ts';

export interface ParquetFiles {
  /** Fails: `malformed-file`, `path-outside-folder`, and the system's failures. */
  open(file: string): Promise<ParquetFile>;
  images(file: string, column: string): Promise<ImageColumn>;
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
  return {
    open,
    async images(file, column) {
      const parquet = await open(file);
      const key = `${column}\n${file}`;
      const known = columns.get(key) ?? openImageColumn(parquet, column);
      columns.set(key, known);
      return known;
    },
    async close() {
      const all = await Promise.allSettled(opened.values());
      opened.clear();
      columns.clear();
      for (const result of all) if (result.status === 'fulfilled') await result.value.close();
    },
  };
}
