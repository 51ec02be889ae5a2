/**
 * One part of Chameleon-7B at its true dimensions with random weights, in a process of its own, whose memory is then its
 * own: the image tokenizer, or layers of the decoder. Says what loading and running it took.
 *
 *   fork('measured-part.ts', ['image-tokenizer' | 'decoder', FOLDER, DEVICE, PRECISION, LAYERS])
 */
import { z } from 'zod';
import { chameleonDecoder } from '../../src/main/backbones/chameleon/graphs/graphs.ts';
import { chameleonImageTokenizer } from '../../src/main/backbones/chameleon/graphs/image-tokenizer.ts';
import { expectedChameleonTensors } from '../../src/main/backbones/chameleon/checkpoint/tensors.ts';
import { plainPositions } from '../../src/main/backbones/positions.ts';
import { createChunkBuffers } from '../../src/main/builder/chunk-buffers.ts';
import { writeGraphFile } from '../../src/main/builder/graph-file.ts';
import { tensorSizeBytes, type Graph } from '../../src/main/builder/graph/graph.ts';
import { partEncodings } from '../../src/main/builder/precision.ts';
import { WeightErrorMeter } from '../../src/main/builder/quantise/weight-error.ts';
import { deviceSettings, onnxDevices, type OnnxDevice } from '../../src/main/engine/devices.ts';
import { HostCache } from '../../src/main/engine/host-cache.ts';
import { OnnxSession } from '../../src/main/engine/onnx-session.ts';
import { SequenceBatch } from '../../src/main/engine/sequence-batch.ts';
import { precisionSchema } from '../../src/shared/bundle.ts';
import { readMemory } from '../memory/process-memory.ts';
import { median } from '../quantile.ts';
import { publishedText, publishedVq } from './dimensions.ts';
import { randomWeights } from './random-weights.ts';

export const measuredSchema = z.object({
  weightBytes: z.number(),
  loadMs: z.number(),
  /** Own memory of the process by the weights' bytes, once loaded and at the end. */
  loadedByWeights: z.number(),
  endByWeights: z.number(),
  /** Medians. */
  milliseconds: z.record(z.string(), z.number()),
});
export type Measured = z.infer<typeof measuredSchema>;

/** Of a question with one picture: what comes before and after its 1,024 slots is about as long as M3CoT's questions. */
const promptPositions = 1024 + 160;
/** K patches and the hidden state. */
const stepPositions = 64 + 1;
const repeats = 3;

async function open(graph: Graph, folder: string, device: OnnxDevice, layerCount: number): Promise<OnnxSession> {
  const source = randomWeights(expectedChameleonTensors({ text: publishedText(layerCount), vq: publishedVq }));
  await writeGraphFile(graph, {
    folder,
    name: graph.name,
    source,
    builderVersion: 'bench',
    onBytes: () => undefined,
    errors: new WeightErrorMeter(),
    nextBuffer: createChunkBuffers(),
    signal: new AbortController().signal,
  });
  return await OnnxSession.open(`${folder}/${graph.name}.onnx`, { device, threadCount: null });
}

async function timed(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

async function several(work: () => Promise<void>): Promise<number> {
  const times: number[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) times.push(await timed(work));
  return median(times);
}

async function tokenizerTimes(session: OnnxSession): Promise<Measured['milliseconds']> {
  const side = publishedVq.resolution;
  const pixels = Float32Array.from({ length: 3 * side * side }, (_, i) => Math.sin(i * 0.013) * Math.cos(i * 0.0007));
  const encode = async (): Promise<void> => {
    const outputs = await session.run({ pixel_values: { data: pixels, dims: [1, 3, side, side] } });
    if (outputs.values('image_codes').data.length !== publishedVq.placeCount) throw new Error('codes are missing');
  };
  const first = await timed(encode);
  return { 'first picture': first, picture: await several(encode) };
}

async function decoderTimes(
  session: OnnxSession,
  device: OnnxDevice,
  layerCount: number,
): Promise<Measured['milliseconds']> {
  const text = publishedText(layerCount);
  const { positionsAtOnce } = deviceSettings[device];
  const times: Record<string, number[]> = {};
  for (let repeat = 0; repeat < repeats; repeat++) {
    const batch = new SequenceBatch({ decoder: session, cache: new HostCache(text, 1), positionsAtOnce }, text, 1);
    let length = 0;
    const feed = async (name: string, count: number): Promise<void> => {
      const embeds = Float32Array.from({ length: count * text.hiddenSize }, (_, i) => Math.sin((i + length) * 0.0137));
      const feeds = [{ embeds, positions: plainPositions(count, length) }];
      (times[name] ??= []).push(await timed(() => batch.feed(feeds)));
      length += count;
    };
    await feed(`prompt of ${promptPositions}`, promptPositions);
    await feed(`latent step of ${stepPositions}`, stepPositions);
    await feed('token', 1);
    batch.dispose();
  }
  return Object.fromEntries(Object.entries(times).map(([name, values]) => [name, median(values)]));
}

if (import.meta.main) {
  const [part, folder = '', deviceName = '', precisionName, layers] = process.argv.slice(2);
  const device = onnxDevices.find((name) => name === deviceName);
  if (device === undefined) throw new Error(`no device ${deviceName}`);
  const layerCount = Number(layers);
  const encoding = partEncodings[precisionSchema.parse(precisionName)].decoder;
  const graph =
    part === 'decoder'
      ? chameleonDecoder(publishedText(layerCount), encoding, 'positions-first')
      : chameleonImageTokenizer(publishedVq);
  const before = readMemory(process.pid).ownBytes;
  const started = performance.now();
  const session = await open(graph, folder, device, layerCount);
  const loadMs = performance.now() - started;
  const weightBytes = graph.externals.reduce((sum, tensor) => sum + tensorSizeBytes(tensor), 0);
  const byWeights = (): number => (readMemory(process.pid).ownBytes - before) / weightBytes;
  const loadedByWeights = byWeights();
  const milliseconds =
    part === 'decoder' ? await decoderTimes(session, device, layerCount) : await tokenizerTimes(session);
  process.send?.({ weightBytes, loadMs, loadedByWeights, endByWeights: byWeights(), milliseconds } satisfies Measured);
  await session.dispose();
  process.disconnect();
}
