/** Images prepared in real threads: the same pixels, nothing held too long, and whatever fails left to its taker. */
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { createImageThreads, imageThreadCount, type ImagesAhead } from '../../src/main/engine/images-ahead.ts';
import { prepareImage, type ImageJob } from '../../src/main/backbones/prepare-image.ts';
import { nominalVision } from '../support/nominal-bundle.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const entry = fileURLToPath(new URL('../../src/main/engine/image-thread.ts', import.meta.url));
const newFolder = temporaryFolders();

const settings = {
  mean: [0.48, 0.46, 0.41],
  std: [0.27, 0.26, 0.28],
  rescaleFactor: 1 / 255,
  minPixels: 3136,
  maxPixels: 78400,
  latentWidth: 112,
  latentHeight: 112,
};
/** Channels, frames and floats of an image at 112 x 112. */
const pixelBytes = 112 * 112 * 3 * 2 * 4;

async function jobOf(index: number): Promise<ImageJob> {
  const background = { r: 40 * index, g: 99, b: 255 - 40 * index };
  const picture = sharp({ create: { width: 90 + 7 * index, height: 60, channels: 3, background } });
  const drawing = Buffer.from(
    `<svg width="50" height="50"><circle cx="25" cy="25" r="${9 + index}" fill="#fa3"/></svg>`,
  );
  const file = await picture
    .composite([{ input: drawing }])
    .png()
    .toBuffer();
  // A view into a larger message, as the engine gets its images.
  const bytes = Buffer.concat([file, Buffer.alloc(100)]).subarray(0, file.length);
  return {
    bytes,
    label: `image ${index}`,
    architecture: 'qwen2-vl',
    settings,
    vision: nominalVision,
    resize: { kind: 'stretch', width: 112, height: 112 },
  };
}

/** Takes all that is there now. */
const takeAll = (ahead: ImagesAhead, jobs: readonly ImageJob[]) =>
  Promise.all(jobs.map(({ bytes }) => ahead.take(bytes)));

describe('images that are prepared ahead', () => {
  it.each([1, 3])('by %i threads are what this thread makes of them, and taken once', async (threadCount) => {
    const jobs = await Promise.all([0, 1, 2, 3, 4].map(jobOf));
    const ahead = createImageThreads({ entry, threadCount }).prepare(jobs);
    const prepared = await takeAll(ahead, jobs);
    for (const [index, job] of jobs.entries()) {
      const { image } = await prepareImage(job);
      expect(prepared[index]?.image).toEqual(image);
      expect(prepared[index]?.milliseconds).toBeGreaterThan(0);
      // The encoded file is still there for whoever has to prepare it again.
      expect(job.bytes.length).toBeGreaterThan(0);
    }
    expect(await takeAll(ahead, jobs)).toEqual([null, null, null, null, null]);
  });

  it('do not count those that are broken, were never announced, or that another question took', async () => {
    const [first, second] = await Promise.all([1, 2].map(jobOf));
    if (first === undefined || second === undefined) throw new Error('two jobs exist');
    const broken = { ...first, bytes: first.bytes.slice(0, 60) };
    const ahead = createImageThreads({ entry }).prepare([broken, first, first]);
    expect(await ahead.take(broken.bytes)).toBeNull();
    expect(await ahead.take(second.bytes)).toBeNull();
    expect(await ahead.take(first.bytes)).not.toBeNull();
    expect(await ahead.take(first.bytes)).toBeNull();
  });

  it('stop at the limit of bytes, and go on once some were taken or dropped', async () => {
    const threads = createImageThreads({ entry, threadCount: 1, heldLimit: 2 * pixelBytes });
    const jobs = await Promise.all([0, 1, 2, 3].map(jobOf));
    const taken = async (ahead: ImagesAhead) => {
      // The last one is answered when all before it are.
      const last = await ahead.take(jobs[3]?.bytes ?? new Uint8Array());
      return [...(await takeAll(ahead, jobs.slice(0, 3))), last].map((image) => image !== null);
    };
    expect(await taken(threads.prepare(jobs))).toEqual([true, true, false, false]);
    const dropped = threads.prepare(jobs);
    await dropped.take(jobs[3]?.bytes ?? new Uint8Array());
    dropped.drop();
    expect(await taken(threads.prepare(jobs))).toEqual([true, true, false, false]);
  });

  it('are left undone once they are dropped', async () => {
    const threads = createImageThreads({ entry, threadCount: 1 });
    const jobs = await Promise.all(Array.from({ length: 200 }, () => jobOf(1)));
    const ahead = threads.prepare(jobs);
    const last = ahead.take(jobs.at(-1)?.bytes ?? new Uint8Array());
    ahead.drop();
    expect(await last).toBeNull();
  });

  it('are left to their taker where a thread cannot start or dies, and the next batch has a new thread', async () => {
    const jobs = await Promise.all([0, 1].map(jobOf));
    const nowhere = createImageThreads({ entry: join(await newFolder(), 'nothing.ts'), threadCount: 1 });
    for (let attempt = 0; attempt < 2; attempt += 1) {
      expect(await takeAll(nowhere.prepare(jobs), jobs)).toEqual([null, null]);
    }
    const threads = createImageThreads({ entry, threadCount: 1 });
    // What no schema lets through is a bug to the thread, and its end.
    const impossible = { ...jobs[0], settings: null } as unknown as ImageJob;
    expect(await takeAll(threads.prepare([impossible]), [impossible])).toEqual([null]);
    await wait(10);
    expect(await takeAll(threads.prepare(jobs), jobs)).not.toContain(null);
  });
});

it('threads are a quarter of the cores, from 1 to 4', () => {
  expect([1, 2, 8, 16, 128].map((cores) => imageThreadCount(cores))).toEqual([1, 1, 2, 4, 4]);
});
