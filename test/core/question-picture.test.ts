/**
 * Pictures with their patches, read back pixel by pixel: the boxes' corners worked out by hand for stretched wide,
 * tall, rotated and cropped images, over a real store.
 */
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCore, type Core } from '../../src/main/core/core.ts';
import { openStore } from '../../src/main/store/store.ts';
import type { ImageGeometry, LatentStep, Region, Trace } from '../../src/shared/trace.ts';
import { newRunOfTest, sampleOfTest } from '../support/stored-rows.ts';
import { temporaryFolders } from '../support/temp-folder.ts';
import { withoutCalls } from '../../src/shared/trace.ts';

const newFolder = temporaryFolders();
let core: Core;
let storePath: string;

const background = { r: 10, g: 20, b: 30 };
/** Amber and sky blue: the first two steps. */
const amber = [0xff, 0xa8, 0x26];
const sky = [0x26, 0xbe, 0xff];

const geometryOf = (sourceWidth: number, sourceHeight: number): ImageGeometry => ({
  sourceWidth,
  sourceHeight,
  resizedWidth: 280,
  resizedHeight: 280,
  resize: 'stretch',
  gridRows: 10,
  gridColumns: 10,
});

function stepOf(stepIndex: number, selectedSlots: number[], hot: number): LatentStep {
  return {
    stepIndex,
    selectedSlots,
    scores: selectedSlots.map((_, index) => 1 / (index + 1)),
    ranks: selectedSlots.map((_, index) => index + 1),
    pool: Array.from({ length: 100 }, (_, slot) => slot),
    visionMass: 0.5,
    textMass: 0.5,
    latentVisionMass: 0,
    latentTextMass: 0,
    visionFocus: 0.5,
    imageAttention: Array.from({ length: 100 }, (_, slot) => (slot === hot ? 0.5 : 0)),
  };
}

const pictureToCrop = () => plain(200, 100).png().toBuffer();
const plain = (width: number, height: number) => sharp({ create: { width, height, channels: 3, background } });

/** By sample: an image file, and its size as a person sees it. */
const pictures = [
  { width: 400, height: 100, bytes: () => plain(400, 100).png().toBuffer() },
  { width: 90, height: 300, bytes: () => plain(90, 300).png().toBuffer() },
  // EXIF orientation 6: stored lying, 240 wide; seen standing.
  { width: 120, height: 240, bytes: () => plain(240, 120).withMetadata({ orientation: 6 }).png().toBuffer() },
  // Boxes with fractions of a pixel: 33.3 x 25.7.
  { width: 333, height: 257, bytes: () => plain(333, 257).png().toBuffer() },
] as const;

/** The middle 100 x 100 of pictures of 200 x 100 was fed; the second one's answer asked for two regions instead of steps. */
const cropped = [pictures.length, pictures.length + 1] as const;
const croppedGeometry: ImageGeometry = {
  ...geometryOf(200, 100),
  resize: 'crop',
  crop: { x: 50, y: 0, width: 100, height: 100 },
};
const box = (x: number, y: number, size: number) => ({ x, y, width: size, height: size });
const regions: Region[] = [
  { callIndex: 0, imageIndex: 0, asked: box(70, 30, 20), shown: box(60, 20, 40) },
  { callIndex: 1, imageIndex: 0, asked: box(110, 60, 30), shown: box(110, 60, 30) },
];
const steps = [stepOf(0, [0, 99], 12), stepOf(1, [57], 34)];

type Stored = Readonly<{ bytes: () => Promise<Uint8Array>; trace: Pick<Trace, 'image' | 'steps' | 'regions'> }>;
/** The last one has no trace. */
const stored: readonly (Stored | null)[] = [
  ...pictures.map(({ width, height, bytes }) => ({
    bytes,
    trace: { image: geometryOf(width, height), steps, regions: [] },
  })),
  { bytes: pictureToCrop, trace: { image: croppedGeometry, steps, regions: [] } },
  { bytes: pictureToCrop, trace: { image: croppedGeometry, steps: [], regions } },
  null,
];

beforeAll(async () => {
  storePath = join(await newFolder(), 'store.sqlite');
  const store = openStore(storePath);
  const datasetRow = store.datasets.saveDataset({ fingerprint: 'x', path: '/x', format: null, licence: null });
  const samples = stored.map((_, number) => sampleOfTest(number));
  const plan = samples.map((sample) => store.samples.save(datasetRow, sample));
  const runRow = store.runs.insert(
    newRunOfTest({ label: 'Näive run: N=3/K=2', planned: plan.length, datasetRow }),
    plan,
  );
  for (const [position, sample] of samples.entries()) {
    const picture = stored[position] ?? null;
    const sampleRow = plan[position] ?? 0;
    store.predictions.insert(
      runRow,
      { position, sampleRow },
      {
        status: 'answered',
        sampleId: sample.sampleId,
        answer: {
          outputText: 'A',
          outputTokenCount: 1,
          arSteps: 3,
          finishReason: 'end',
          timings: null,
          messages: null,
          prompt: null,
          trace:
            picture === null
              ? null
              : { promptTokenCount: 1, imageCount: 1, stoppedEarly: false, ...withoutCalls, ...picture.trace },
        },
      },
    );
    if (picture !== null) store.samples.savePackedImage(sampleRow, await picture.bytes());
  }
  store.close();
  core = createCore({ storePath });
});
afterAll(() => core.close());

type Pixels = Readonly<{ width: number; height: number; at: (x: number, y: number) => number[] }>;

async function draw(number: number, stepIndex: number | null, layer: 'patches' | 'attention'): Promise<Pixels> {
  const input = { runId: 'RUN1', sampleId: `sample-${String(number)}`, stepIndex, layer };
  const { url, sizeBytes } = await core.client.exports.picture(input);
  const resource = await core.readResource(new URL(`http://localhost/${url}`), null);
  const body = resource?.body;
  if (typeof body !== 'object' || !('filePath' in body)) throw new Error('a picture is a file');
  expect(body.sizeBytes).toBe(sizeBytes);
  expect(resource?.headers['Content-Type']).toBe('image/png');
  const { data, info } = await sharp(body.filePath).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return {
    width: info.width,
    height: info.height,
    at: (x, y) => [...data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3)],
  };
}

const bare = [background.r, background.g, background.b];
/** Its luminance (IEC 61966-2-1): 0.2126, 0.7152 and 0.0722 of the linear channels are 0.00659, which is encoded 19.2. */
const greyed = [19, 19, 19];

/** Blending rounds twice: to premultiplied bytes, and to the result. */
function expectNearly(found: readonly number[], wanted: readonly number[]): void {
  for (const [channel, value] of wanted.entries()) {
    expect(Math.abs((found[channel] ?? Number.NaN) - value), `channel ${String(channel)}`).toBeLessThanOrEqual(2);
  }
}

describe('a picture', () => {
  it.each([...pictures.entries()])('%i has its patches exactly in their boxes', async (number, { width, height }) => {
    const picture = await draw(number, null, 'patches');
    expect(picture).toMatchObject({ width, height });
    const [boxWidth, boxHeight] = [width / 10, height / 10];
    // Slots 0 (first row and column), 99 (last of both), 57 (row 5, column 7).
    for (const [row, column, colour] of [
      [0, 0, amber],
      [9, 9, amber],
      [5, 7, sky],
    ] as const) {
      const left = Math.round(column * boxWidth);
      const right = Math.round((column + 1) * boxWidth) - 1;
      const top = Math.round(row * boxHeight);
      const bottom = Math.round((row + 1) * boxHeight) - 1;
      for (const [x, y, outwards] of [
        [left, top, [-1, -1]],
        [right, top, [1, -1]],
        [left, bottom, [-1, 1]],
        [right, bottom, [1, 1]],
      ] as const) {
        expect(picture.at(x, y), `corner ${String(x)}, ${String(y)}`).toEqual(colour);
        const [beyondX, beyondY] = [x + outwards[0], y + outwards[1]];
        if (beyondX < 0 || beyondX >= width || beyondY < 0 || beyondY >= height) continue;
        expect(picture.at(beyondX, beyondY), `beyond ${String(beyondX)}, ${String(beyondY)}`).toEqual(bare);
      }
    }
    expect(picture.at(Math.round(2.5 * boxWidth), Math.round(2.5 * boxHeight))).toEqual(bare);
  });

  it('of one step shows that step alone', async () => {
    const picture = await draw(0, 1, 'patches');
    expect(picture.at(0, 0)).toEqual(bare);
    expect(picture.at(280, 50)).toEqual(sky);
    // Inside: half of the colour, as strong as the strongest score (0.08 + 0.42).
    expectNearly(
      picture.at(300, 55),
      bare.map((value, channel) => (value + (sky[channel] ?? 0)) / 2),
    );
  });

  it('with its heat map is grey, and red where the attention is', async () => {
    // Slot 12 is row 1, column 2; slot 34 row 3, column 4; boxes of 40 x 10.
    const first = await draw(0, 0, 'attention');
    expectNearly(
      first.at(100, 15),
      [0xe6, 0x19, 0x4b].map((value, channel) => 0.75 * value + 0.25 * (greyed[channel] ?? 0)),
    );
    for (const [x, y] of [
      [79, 15],
      [120, 15],
      [100, 9],
      [100, 20],
    ] as const)
      expectNearly(first.at(x, y), greyed);
    const last = await draw(0, null, 'attention');
    expectNearly(last.at(100, 15), greyed);
    expect((last.at(180, 35)[0] ?? 0) - (last.at(180, 35)[1] ?? 0)).toBeGreaterThan(100);
  });

  it('of which the middle was fed is dark where it was cut, with its slots inside the crop', async () => {
    const dark = bare.map((value) => value * 0.4);
    for (const layer of ['patches', 'attention'] as const) {
      const picture = await draw(cropped[0], 0, layer);
      for (const x of [0, 49, 150, 199])
        expectNearly(picture.at(x, 50), layer === 'patches' ? dark : greyed.map((grey) => grey * 0.4));
      for (const x of [65, 135]) expectNearly(picture.at(x, 45), layer === 'patches' ? bare : greyed);
    }
    // Slot 0 lies at the crop's corner, slot 99 ends at its other one.
    const picture = await draw(cropped[0], 0, 'patches');
    expect(picture.at(50, 0)).toEqual(amber);
    expect(picture.at(149, 99)).toEqual(amber);
  });

  it('has the regions that were asked for and shown, or the one chosen', async () => {
    const all = await draw(cropped[1], null, 'patches');
    // Shown: x and y from 60 and 20, 40 wide and high.
    for (const [x, y] of [
      [60, 20],
      [99, 59],
    ] as const) {
      expect(all.at(x, y)).toEqual(amber);
    }
    expect(all.at(110, 60)).toEqual(sky);
    expect(all.at(105, 40)).toEqual(bare);
    // Inside what was shown, 12 % of the colour; what was asked for within it is dashed, from its corner on.
    const tinted = bare.map((value, channel) => 0.88 * value + 0.12 * (amber[channel] ?? 0));
    expectNearly(all.at(65, 50), tinted);
    expect(all.at(72, 30)[0]).toBeGreaterThan(150);
    const one = await draw(cropped[1], 1, 'patches');
    expect(one.at(60, 20)).toEqual(bare);
    expect(one.at(110, 60)).toEqual(sky);
    // Without steps there is no heat map: the regions, in the picture's own colours.
    expect((await draw(cropped[1], 0, 'attention')).at(105, 40)).toEqual(bare);
  });

  it('is refused for a step or a trace that is not there', async () => {
    const picture = (sampleId: string, stepIndex: number | null) =>
      core.client.exports.picture({ runId: 'RUN1', sampleId, stepIndex, layer: 'patches' });
    await expect(picture('sample-0', 2)).rejects.toMatchObject({ data: { kind: 'not-found', found: '2' } });
    await expect(picture('sample-6', null)).rejects.toMatchObject({ data: { kind: 'nothing-to-do' } });
    await expect(picture('sample-5', 2)).rejects.toMatchObject({ data: { kind: 'not-found', found: '2' } });
    await expect(picture('nothing', null)).rejects.toMatchObject({ data: { kind: 'not-found' } });
  });

  it('has a name that every system takes', async () => {
    const input = { runId: 'RUN1', sampleId: 'sample-0', stepIndex: 0, layer: 'patches' as const };
    const { fileName } = await core.client.exports.picture(input);
    expect(fileName).toBe('Näive run- N=3-K=2 sample-0 patches step 1.png');
    const ofRegions = (stepIndex: number | null) =>
      core.client.exports.picture({ runId: 'RUN1', sampleId: 'sample-5', stepIndex });
    expect((await ofRegions(null)).fileName).toBe('Näive run- N=3-K=2 sample-5 all regions.png');
    expect((await ofRegions(1)).fileName).toBe('Näive run- N=3-K=2 sample-5 region 2.png');
  });
});
