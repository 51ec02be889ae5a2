/**
 * Single images out of a parquet file of 1.6 GB in M3CoT's Hub schema (11,500 rows, row groups of 1,000, JPEGs of
 * 140 KB), through the service that the pages' image addresses use: 40 rows chosen by a seeded generator, each asked
 * for as it is and as a thumbnail of 256 pixels; first at once after the file was opened, then 40 others once the
 * program has found where all of them lie, which it does by itself. No image comes from a cache of the program. The file is made once by pyarrow, in the system's temporary folder. Called by `bench/store.ts`.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { createDatasetImages } from '../src/main/core/dataset-images.ts';
import { openDataset } from '../src/main/datasets/open-dataset.ts';
import { createDatasetLibrary } from '../src/main/runs/dataset-library.ts';
import { openStore } from '../src/main/store/store.ts';
import { benchCache } from './bench-cache.ts';
import { quantile } from './quantile.ts';

export type LargeParquetImages =
  | Readonly<{
      kind: 'measured';
      sizeMegabytes: number;
      rowCount: number;
      /** Reading the questions once, with the index that pages of them are read from. */
      openSeconds: number;
      /** Finding all images, while nothing else is asked. */
      findSeconds: number;
      atOnceImageMedianMs: number;
      atOnceImageP95Ms: number;
      imageMedianMs: number;
      imageP95Ms: number;
      thumbnailMedianMs: number;
      thumbnailP95Ms: number;
    }>
  | Readonly<{ kind: 'unavailable'; reason: string }>;

const rowCount = 11_500;
const imageCount = 40;
const run = promisify(execFile);
const here = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** Makes the file where it is not there yet, and measures. */
export async function measureLargeParquetImages(
  python = here('../trainer/.venv/bin/python'),
): Promise<LargeParquetImages> {
  const file = join(benchCache, 'datasets', `images-${rowCount}.parquet`);
  if (!existsSync(file)) {
    if (!existsSync(python)) return { kind: 'unavailable', reason: 'not measured: there is no trainer/.venv' };
    await makeFile(python, file);
  }
  const folder = await mkdtemp(join(tmpdir(), 'penumbra-bench-images-'));
  const store = openStore(join(folder, 'store.sqlite'));
  const library = createDatasetLibrary(store);
  try {
    const images = createDatasetImages(() => Promise.resolve(library), join(folder, 'thumbnails'));
    const started = performance.now();
    const { datasetId } = await library.open(file);
    const openSeconds = (performance.now() - started) / 1000;
    const rows = randomRows();
    const ask = async (asked: readonly number[]): Promise<{ whole: number[]; thumbnail: number[] }> => {
      const whole: number[] = [];
      const thumbnail: number[] = [];
      for (const row of asked) {
        whole.push(await timed(() => images.read(datasetId, `question-${row}`, null)));
        thumbnail.push(await timed(() => images.read(datasetId, `question-${row}`, 256)));
      }
      return { whole, thumbnail };
    };
    const atOnce = await ask(rows.slice(0, imageCount));
    // The library began with the same earlier.
    const findSeconds = (await timeFinding(file)) / 1000;
    const found = await ask(rows.slice(imageCount));
    return {
      kind: 'measured',
      sizeMegabytes: Math.round((await stat(file)).size / 2 ** 20),
      rowCount,
      openSeconds: rounded(openSeconds),
      findSeconds: rounded(findSeconds),
      atOnceImageMedianMs: rounded(quantile(atOnce.whole, 0.5)),
      atOnceImageP95Ms: rounded(quantile(atOnce.whole, 0.95)),
      imageMedianMs: rounded(quantile(found.whole, 0.5)),
      imageP95Ms: rounded(quantile(found.whole, 0.95)),
      thumbnailMedianMs: rounded(quantile(found.thumbnail, 0.5)),
      thumbnailP95Ms: rounded(quantile(found.thumbnail, 0.95)),
    };
  } finally {
    await library.close();
    store.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function timeFinding(file: string): Promise<number> {
  const dataset = await openDataset(file);
  try {
    await dataset.readThrough(() => undefined);
    return await timed(() => dataset.findImages());
  } finally {
    await dataset.close();
  }
}

/** Photographs do not compress any further; noise does not either. */
async function makeFile(python: string, file: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'penumbra-bench-jpegs-'));
  try {
    for (let index = 0; index < 16; index += 1) {
      const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
      const image = sharp({ create: { width: 540, height: 390, channels: 3, background: '#000', noise } });
      await writeFile(join(folder, `${index}.jpg`), await image.jpeg({ quality: 90 }).toBuffer());
    }
    await mkdir(join(benchCache, 'datasets'), { recursive: true });
    await run(python, [here('../trainer/bench/make_large_parquet.py'), `${file}.part`, String(rowCount), folder]);
    await rename(`${file}.part`, file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Different rows all over the file, for both rounds, the same on every run (a linear congruential generator). */
function randomRows(): number[] {
  const rows = new Set<number>();
  for (let state = 12_345; rows.size < 2 * imageCount;) {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    rows.add(Math.floor((state / 2 ** 31) * rowCount));
  }
  return [...rows];
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

const rounded = (value: number): number => Math.round(value * 100) / 100;
