/** Images out of every layout that parquet writers give the column, against pyarrow's own reading. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openImageColumn } from '../../../src/main/datasets/parquet/image-column.ts';
import { rowImages } from '../../../src/main/datasets/parquet/image-presence.ts';
import { openParquet } from '../../../src/main/datasets/parquet/parquet-file.ts';
import { datasetsFolder, expected, sha256 } from '../expected-datasets.ts';

describe.each(Object.entries(expected.parquetLayouts))('%s', (name, hashes) => {
  const open = () => openParquet(join(datasetsFolder, 'parquet-layouts', `${name}.parquet`), name);

  test.each(['forwards', 'backwards'] as const)('every image, %s', async (direction) => {
    const parquet = await open();
    const images = openImageColumn(parquet, 'image');
    const order = hashes.map((_, index) => (direction === 'forwards' ? index : hashes.length - 1 - index));
    for (const rowIndex of order) {
      const sizes: number[] = [];
      const bytes = await images.read(rowIndex, (size) => sizes.push(size));
      expect(bytes === null ? null : sha256(bytes), `row ${rowIndex}`).toBe(hashes[rowIndex]);
      expect(sizes).toStrictEqual(bytes === null ? [] : [bytes.length]);
    }
    await parquet.close();
  });

  test('every image at once, while all are being found', async () => {
    const parquet = await open();
    const images = openImageColumn(parquet, 'image');
    const finding = images.findAll(new AbortController().signal);
    const all = await Promise.all(hashes.map((_, rowIndex) => images.read(rowIndex, () => undefined)));
    expect(all.map((bytes) => (bytes === null ? null : sha256(bytes)))).toStrictEqual(hashes);
    await finding;
    await parquet.close();
  });

  test('which rows have an image', async () => {
    const parquet = await open();
    const images = openImageColumn(parquet, 'image');
    const present: boolean[] = [];
    for (const group of parquet.rowGroups) {
      const rows = await parquet.readRows(group, new Set(['id', 'image.path']));
      expect(rows.map(({ id }) => id)).toStrictEqual(rows.map((_, index) => `r${group.firstRow + index}`));
      present.push(...(await rowImages(parquet, images, group, rows, 'image')).map(({ hasBytes }) => hasBytes));
    }
    await parquet.close();
    expect(present).toStrictEqual(hashes.map((hash) => hash !== null));
  });
});

test('reading the rows does not read the images', async () => {
  const parquet = await openParquet(join(datasetsFolder, 'parquet-layouts', 'large-dictionary.parquet'), 'large');
  const { bytes } = parquet;
  let readBytes = 0;
  const read = bytes.read.bind(bytes);
  const readNext = bytes.readNext.bind(bytes);
  bytes.read = (start, end) => {
    readBytes += end - start;
    return read(start, end);
  };
  bytes.readNext = (start, end, ahead) => {
    readBytes += ahead - start;
    return readNext(start, end, ahead);
  };
  const [group] = parquet.rowGroups;
  expect.assert(group !== undefined);
  await parquet.readRows(group, new Set(['id', 'image.path']));
  await parquet.close();
  expect(readBytes).toBeLessThan(10_000);
});

describe('images found beforehand', () => {
  /** Short reads, which a walk is made of, until the row's image is there. */
  const shortReadsFor = async (rowIndex: number, find: boolean): Promise<number> => {
    const parquet = await openParquet(join(datasetsFolder, 'parquet-layouts', 'large-dictionary.parquet'), 'large');
    const { bytes } = parquet;
    let shortReads = 0;
    const readNext = bytes.readNext.bind(bytes);
    bytes.readNext = (start, end, ahead) => {
      shortReads += 1;
      return readNext(start, end, ahead);
    };
    const images = openImageColumn(parquet, 'image');
    if (find) await images.findAll(new AbortController().signal);
    shortReads = 0;
    await images.read(rowIndex, () => undefined);
    await parquet.close();
    return shortReads;
  };

  test('are a few reads away, the last ones of a large page too', async () => {
    const last = (expected.parquetLayouts['large-dictionary'] ?? []).length - 1;
    expect(await shortReadsFor(last, false)).toBeGreaterThan(20);
    expect(await shortReadsFor(last, true)).toBeLessThan(10);
  });

  test('are not looked for once the signal ends it', async () => {
    const parquet = await openParquet(join(datasetsFolder, 'parquet-layouts', 'large-dictionary.parquet'), 'large');
    parquet.bytes.readNext = () => expect.fail('something is read');
    await openImageColumn(parquet, 'image').findAll(AbortSignal.abort());
    await parquet.close();
  });
});
