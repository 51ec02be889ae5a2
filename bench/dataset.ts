/**
 * Inspecting a dataset of 100,000 questions: seconds and peak memory of a process of its own, for JSON Lines with
 * image files, a TSV with base64 images, and parquet with embedded images; and single images out of the parquet
 * file, whose row groups hold a thousand. The files are made once, outside the checkout. There is no peer.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { benchCache } from './bench-cache.ts';
import { join } from 'node:path';
import type { Measured } from './datasets/measure-inspection.ts';
import { makeJsonLines, makeParquet, makeTsv } from './datasets/large-datasets.ts';
import { sayProgress } from './progress-line.ts';

const rowCount = 100_000;
/** What issue and design ask for. */
const limits = { seconds: 5, megabytes: 500 } as const;

const run = promisify(execFile);

export const bench = {
  name: 'dataset',
  describe: `inspecting ${rowCount.toLocaleString('en')} questions: seconds and peak memory by format`,
  async run() {
    const folder = join(benchCache, 'datasets');
    const ours: Record<string, number> = {};
    const details: Record<string, unknown> = { rowCount, limits };
    const formats = [
      ['jsonl', makeJsonLines],
      ['tsv', makeTsv],
      ['parquet', makeParquet],
    ] as const;
    for (const [format, make] of formats) {
      sayProgress(`making ${rowCount} questions as ${format} (once) …`);
      const made = await make(folder, rowCount);
      if (made.kind === 'unavailable') {
        details[format] = made.reason;
        continue;
      }
      sayProgress(`inspecting ${format} …`);
      const measured = await measure(made.path);
      ours[`${format}Seconds`] = measured.inspectSeconds;
      ours[`${format}CpuSeconds`] = measured.inspectCpuSeconds;
      ours[`${format}PeakMegabytes`] = measured.peakMegabytes;
      if (format === 'parquet') ours.parquetImageMedianMs = measured.imageMedianMs;
      if (format === 'parquet') ours.parquetImageMaxMs = measured.imageMaxMs;
      details[format] = { ...measured, sizeMegabytes: made.sizeMegabytes };
    }
    return { ours, peer: null, ratio: null, details };
  },
};

/** In a process of its own, so that the peak is the inspection's. */
async function measure(path: string): Promise<Measured> {
  const script = fileURLToPath(new URL('./datasets/measure-inspection.ts', import.meta.url));
  const { stdout } = await run(process.execPath, [script, path]);
  return JSON.parse(stdout) as Measured;
}
