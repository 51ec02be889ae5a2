/** Run as a process: inspects the dataset named on the command line, then reads single images, and prints figures. */
import { openDataset } from '../../src/main/datasets/open-dataset.ts';

export type Measured = Readonly<{
  rowCount: number;
  problemCount: number;
  inspectSeconds: number;
  /** Processor seconds of the same, which other programs on the machine disturb less. */
  inspectCpuSeconds: number;
  /** Largest resident set during the inspection, Node itself included. */
  peakMegabytes: number;
  /** Images in an order that jumps between row groups; the files were just read, so that the disk has no part. */
  imageMedianMs: number;
  imageMaxMs: number;
}>;

const [path = ''] = process.argv.slice(2);
const start = performance.now();
const dataset = await openDataset(path);
const { rowCount, problemCount } = await dataset.summary();
const inspectSeconds = (performance.now() - start) / 1000;
const { user, system } = process.cpuUsage();
const inspectCpuSeconds = (user + system) / 1e6;
const peakMegabytes = process.resourceUsage().maxRSS / 1024;

const imageCount = 100;
const stride = Math.max(1, Math.floor(rowCount / imageCount));
const images = [];
let row = 0;
for await (const { image } of dataset.samples()) {
  if (row % stride === 0 && image !== null) images.push(image);
  row += 1;
}
const times = [];
for (let index = 0; index < images.length; index++) {
  // 37 is prime to 100: every image once, no two neighbours in turn.
  const image = images[(index * 37) % images.length];
  if (image === undefined) continue;
  const before = performance.now();
  await dataset.readImage(image);
  times.push(performance.now() - before);
}
await dataset.close();
times.sort((a, b) => a - b);
const measured: Measured = {
  rowCount,
  problemCount,
  inspectSeconds: round(inspectSeconds),
  inspectCpuSeconds: round(inspectCpuSeconds),
  peakMegabytes: round(peakMegabytes),
  imageMedianMs: round(times[Math.floor(times.length / 2)] ?? 0),
  imageMaxMs: round(times.at(-1) ?? 0),
};
process.stdout.write(JSON.stringify(measured));

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
