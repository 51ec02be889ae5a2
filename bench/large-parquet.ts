/**
 * Single images out of a parquet file of 1.6 GB in M3CoT's Hub schema (11,500 rows, row groups of 1,000, JPEGs of
 * 140 KB), through the service that the pages' image addresses use: 40 rows chosen by a seeded generator, each asked
 * for as it is and as a thumbnail of 256 pixels. Neither comes from a cache of the program; the thumbnail finds its
 * page already open. The file is made once by pyarrow, in the system's temporary folder. Called by `bench/store.ts`.
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
import { createDatasetLibrary } from '../src/main/runs/dataset-library.ts';
import { openStore } from '../src/main/store/store.ts';
import { benchCache } from './bench-cache.ts';

export type LargeParquetImages =
  | Readonly<{
      kind: 'measured';
      sizeMegabytes: number;
      rowCount: number;
      /** Reading the questions once, with the index that pages of them are read from. */
      openSeconds: number;
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
    const times = { whole: [] as number[], thumbnail: [] as number[] };
    for (const row of randomRows()) {
      times.whole.push(await timed(() => images.read(datasetId, `question-${row}`, null)));
      times.thumbnail.push(await timed(() => images.read(datasetId, `question-${row}`, 256)));
    }
    return {
      kind: 'measured',
      sizeMegabytes: Math.round((await stat(file)).size / 2 ** 20),
      rowCount,
      openSeconds: rounded(openSeconds),
      imageMedianMs: quantile(times.whole, 0.5),
      imageP95Ms: quantile(times.whole, 0.95),
      thumbnailMedianMs: quantile(times.thumbnail, 0.5),
      thumbnailP95Ms: quantile(times.thumbnail, 0.95),
    };
  } finally {
    await library.close();
    store.close();
    await rm(folder, { recursive: true, force: true });
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

/** Different rows all over the file, the same on every run (a linear congruential generator). */
function randomRows(): number[] {
  const rows = new Set<number>();
  for (let state = 12_345; rows.size < imageCount;) {
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

function quantile(values: readonly number[], fraction: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return rounded(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? 0);
}

const rounded = (value: number): number => Math.round(value * 100) / 100;
