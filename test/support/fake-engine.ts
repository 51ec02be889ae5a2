/**
 * Stands in for the engine's process, the one outside boundary of `runs`: speaks its protocol, answers in a way
 * that follows from the question's id alone, and fails on request. It knows nothing of models. Behaviour comes
 * from the environment variable FAKE_ENGINE, as JSON of `FakeEngineBehaviour`.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { EngineQuestion, EngineReply, EngineRequest } from '../../src/main/engine/protocol.ts';
import type { Prediction } from '../../src/shared/prediction.ts';
import { isLatent, type RunSettings } from '../../src/shared/run-settings.ts';
import type { LatentStep } from '../../src/shared/trace.ts';
import { withoutCalls } from '../../src/shared/trace.ts';
import { wordsOfTest } from './words-of-test.ts';

export type FakeEngineBehaviour = Readonly<{
  /** Time that each batch takes. */
  batchMs?: number;
  suggestedBatchSize?: number;
  /** The process ends when it is asked one of these. */
  crashOn?: readonly string[];
  /** The process ends when it is asked with this limit of tokens: tells a probe from its run. */
  crashOnMaxTokens?: number;
  /** As if the system's out-of-memory killer had come. */
  killOn?: readonly string[];
  /** The same, as often as this file has characters: each time takes one off. */
  killWhile?: string;
  /** The process ends at every question as long as this file exists. */
  crashWhile?: string;
  /** The process ends at every question if it was told to take this GPU. */
  crashOnGpu?: number;
  /** The process ends while it loads the model. */
  crashOnLoad?: boolean;
  /** Batches larger than this are refused for lack of memory. */
  memoryFor?: number;
  /** Batches larger than this lose the device, and with it every batch after them. */
  deviceFor?: number;
  /** Questions that are answered with a failure. */
  failOn?: readonly string[];
  /** An answer that the protocol does not allow. */
  nonsenseOn?: readonly string[];
  /** Questions whose answer depends on being alone in the batch (what `verify` is to find). */
  batchDependent?: readonly string[];
  /** Each batch's ids are appended here, one line a batch. */
  log?: string;
  /** What is said of batches that will be asked is appended here, one line each: `prepare`, `forget`, `asked`. */
  announcementLog?: string;
  /** The same with who answered, one line of JSON a batch: `{ pid, gpu, ids }`. */
  workLog?: string;
  /** What each process was told to load is appended here, one line of JSON: `{ pid, gpu, threadCount, sharingCount }`. */
  loadLog?: string;
  /** The process notes its id here. */
  pidFile?: string;
}>;

const behaviour = JSON.parse(process.env['FAKE_ENGINE'] ?? '{}') as FakeEngineBehaviour;
const gridSize = 10;
type Announced = Readonly<{ settings: RunSettings; questions: readonly EngineQuestion[] }>;
let isDeviceLost = false;
/** Batches that will be asked. */
const announced = new Map<number, Announced>();
/** Which one this process was told to take. */
let gpu = 0;

const numbersOf = (text: string): number[] => [...createHash('sha512').update(text).digest()];

function send(reply: EngineReply): void {
  process.send?.(reply);
}

async function handle(request: EngineRequest): Promise<void> {
  const { requestId } = request;
  switch (request.kind) {
    case 'load':
      if (behaviour.crashOnLoad === true) process.exit(3);
      gpu = request.gpu ?? 0;
      if (behaviour.loadLog !== undefined) {
        const { threadCount, sharingCount } = request;
        appendFileSync(behaviour.loadLog, `${JSON.stringify({ pid: process.pid, gpu, threadCount, sharingCount })}\n`);
      }
      return send({
        kind: 'loaded',
        requestId,
        device: 'cpu',
        suggestedBatchSize: behaviour.suggestedBatchSize ?? 4,
        onnxruntimeVersion: 'fake',
      });
    case 'answer':
      return send(await answer(requestId, request.settings, request.questions));
    case 'prepare':
      note('prepare', request.questions);
      announced.set(requestId, request);
      return;
    case 'forget':
      note('forget', takeAnnounced(request.preparedAs).questions);
      return;
    case 'answer-prepared': {
      const batch = takeAnnounced(request.preparedAs);
      note('asked', batch.questions);
      return send(await answer(requestId, batch.settings, batch.questions));
    }
    case 'layer-attention':
      return send({
        kind: 'layer-attention',
        requestId,
        attention: { layerCount: 1, steps: request.selectedSlots.map((slots) => Float32Array.from(slots)) },
      });
    case 'measure-speed':
      return send({ kind: 'speed', requestId, milliseconds: 1 });
    case 'close':
      send({ kind: 'closed', requestId });
      return process.disconnect();
  }
}

/** What was never announced is a mistake of who feeds the engine. */
function takeAnnounced(preparedAs: number): Announced {
  const batch = announced.get(preparedAs);
  if (batch === undefined) process.exit(7);
  announced.delete(preparedAs);
  return batch;
}

function note(what: string, questions: readonly EngineQuestion[]): void {
  if (behaviour.announcementLog === undefined) return;
  appendFileSync(behaviour.announcementLog, `${what} ${questions.map(({ sampleId }) => sampleId).join('+')}\n`);
}

async function answer(
  requestId: number,
  settings: RunSettings,
  questions: readonly EngineQuestion[],
): Promise<EngineReply> {
  const ids = questions.map(({ sampleId }) => sampleId);
  if (behaviour.log !== undefined) appendFileSync(behaviour.log, `${JSON.stringify(ids)}\n`);
  if (behaviour.workLog !== undefined) {
    appendFileSync(behaviour.workLog, `${JSON.stringify({ pid: process.pid, gpu, ids })}\n`);
  }
  if (questions.length > (behaviour.memoryFor ?? Number.POSITIVE_INFINITY)) {
    const failure = { kind: 'out-of-memory', message: 'The batch does not fit.' } as const;
    return { kind: 'failed', requestId, failure };
  }
  isDeviceLost ||= questions.length > (behaviour.deviceFor ?? Number.POSITIVE_INFINITY);
  if (isDeviceLost) {
    return { kind: 'failed', requestId, failure: { kind: 'device-lost', message: 'The device is gone.' } };
  }
  await new Promise((resolve) => setTimeout(resolve, behaviour.batchMs ?? 0));
  if (behaviour.crashOnGpu === gpu) process.exit(7);
  if (ids.some((id) => behaviour.crashOn?.includes(id) === true)) process.exit(4);
  if (settings.maxTokens === behaviour.crashOnMaxTokens) process.exit(6);
  if (ids.some((id) => behaviour.killOn?.includes(id) === true)) process.kill(process.pid, 'SIGKILL');
  if (behaviour.killWhile !== undefined) killOnce(behaviour.killWhile);
  if (behaviour.crashWhile !== undefined && existsSync(behaviour.crashWhile)) process.exit(5);
  const predictions = questions.map((question) => predictionOf(question, settings, questions.length));
  return { kind: 'answered', requestId, predictions, batchMs: behaviour.batchMs ?? 0 };
}

function killOnce(file: string): void {
  const left = readFileSync(file, 'utf8');
  if (left === '') return;
  writeFileSync(file, left.slice(1));
  process.kill(process.pid, 'SIGKILL');
}

function predictionOf(question: EngineQuestion, settings: RunSettings, batchSize: number): Prediction {
  const { sampleId, choices, images } = question;
  if (behaviour.failOn?.includes(sampleId) === true) {
    return { status: 'failed', sampleId, failure: { kind: 'prompt-too-long', message: 'The prompt is too long.' } };
  }
  if (behaviour.nonsenseOn?.includes(sampleId) === true) {
    return { status: 'answered', sampleId } as unknown as Prediction;
  }
  const alone = behaviour.batchDependent?.includes(sampleId) === true && batchSize === 1;
  const numbers = numbersOf(`${sampleId}${alone ? ' alone' : ''}`);
  const letter = String.fromCharCode(65 + ((numbers[0] ?? 0) % Math.max(1, choices.length)));
  return {
    status: 'answered',
    sampleId,
    answer: {
      outputText: `Therefore, the answer is ${letter}`,
      outputTokenCount: 7,
      arSteps: settings.latentSteps + 7,
      finishReason: 'end',
      timings: { preprocessMs: 1.5, visionMs: 2, prefillMs: 3, latentMs: 4, decodeMs: 5, totalMs: 14 },
      trace:
        images.length === 0
          ? null
          : {
              image: {
                sourceWidth: 640,
                sourceHeight: 480,
                resizedWidth: 280,
                resizedHeight: 280,
                resize: 'stretch',
                gridRows: gridSize,
                gridColumns: gridSize,
              },
              promptTokenCount: 200 + (numbers[1] ?? 0),
              imageCount: images.length,
              stoppedEarly: false,
              ...(isLatent(settings.method) ? withoutCalls : wordsOf(numbers)),
              steps: settings.method === 'cot' ? [] : stepsOf(numbers, settings),
            },
      messages: null,
      prompt: `<|im_start|>user\n${question.question}<|im_end|>`,
    },
  };
}

/** Calls whose lengths follow from the numbers, in every third question without a remark. */
function wordsOf(numbers: readonly number[]): ReturnType<typeof wordsOfTest> {
  let taken = 0;
  return wordsOfTest(3 + ((numbers[2] ?? 0) % 40), () => (numbers[taken++ % numbers.length] ?? 0) / 256);
}

/** Steps whose slots follow from the numbers; a slot is taken once. */
function stepsOf(numbers: readonly number[], { latentSteps, patchesPerStep }: RunSettings): LatentStep[] {
  const numberAt = (index: number): number => numbers[index % numbers.length] ?? 0;
  let pool = Array.from({ length: gridSize ** 2 }, (_, slot) => slot);
  return Array.from({ length: latentSteps }, (_, stepIndex) => {
    const start = numberAt(stepIndex) % Math.max(1, pool.length - patchesPerStep);
    const selectedSlots = pool.slice(start, start + patchesPerStep);
    const before = pool;
    pool = pool.filter((slot) => !selectedSlots.includes(slot));
    return {
      stepIndex,
      selectedSlots,
      scores: selectedSlots.map((slot) => Math.fround((numberAt(slot) + 1) / 4096)),
      ranks: selectedSlots.map((_, index) => index + 1),
      pool: before,
      visionMass: 0.5 - stepIndex / 10,
      textMass: 0.3,
      latentVisionMass: 0.1 + stepIndex / 20,
      latentTextMass: 0.1 + stepIndex / 20,
      visionFocus: numberAt(stepIndex) / 256,
      imageAttention: Array.from({ length: gridSize ** 2 }, (_, slot) => numberAt(slot + stepIndex) / 25600),
    };
  });
}

if (behaviour.pidFile !== undefined) writeFileSync(behaviour.pidFile, String(process.pid));
let queue = Promise.resolve();
process.on('message', (message) => {
  queue = queue.then(() => handle(message as EngineRequest));
});
process.on('disconnect', () => process.exit(0));
