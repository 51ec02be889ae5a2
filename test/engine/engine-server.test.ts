/** The engine's process as the core sees it: a real forked child, its replies, its failures, and its end. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { isAlive } from '../../src/main/files/process-alive.ts';
import type { OnnxDevice } from '../../src/main/engine/devices.ts';
import type { EngineReply, EngineRequest } from '../../src/main/engine/protocol.ts';
import { readBundle } from '../../src/main/files/read-bundle.ts';
import { createForkEngineHost, type EngineChannel, type EngineExit } from '../../src/main/runs/engine-host.ts';
import { absentDevice } from '../support/absent-device.ts';
import { answerOf } from '../support/answer-of.ts';
import { goldenQuestion, goldenSettings, readGolden, type GoldenCase } from '../support/golden.ts';
import { temporaryFolders } from '../support/temp-folder.ts';
import { importTiny } from '../support/tiny-bundles.ts';

const newFolder = temporaryFolders();
const entry = fileURLToPath(new URL('../../src/main/methods/engine-entry.ts', import.meta.url));
const hostModule = new URL('../../src/main/runs/engine-host.ts', import.meta.url);

let bundlePath: string;
let cases: readonly GoldenCase[];
beforeAll(async () => {
  bundlePath = join(await newFolder(), 'bundle');
  await importTiny('tiny-tied', bundlePath);
  ({ cases } = await readGolden('tiny-tied'));
});

type Unnumbered = EngineRequest extends infer Each
  ? Each extends EngineRequest
    ? Omit<Each, 'requestId'>
    : never
  : never;

/** An engine process with replies matched to requests. */
class Engine {
  readonly channel: EngineChannel;
  readonly exit: Promise<EngineExit>;
  readonly replies: EngineReply[] = [];
  #requestCount = 0;
  #waiting = new Map<number, (reply: EngineReply) => void>();

  constructor() {
    this.channel = createForkEngineHost({ entry }).start();
    this.exit = new Promise((resolve) => this.channel.onExit(resolve));
    this.channel.onReply((reply) => {
      this.replies.push(reply);
      this.#waiting.get(reply.requestId)?.(reply);
    });
  }

  /** Sends a request and waits for its reply; an engine that ends instead fails the test. */
  async ask(request: Unnumbered): Promise<EngineReply> {
    const requestId = ++this.#requestCount;
    const reply = new Promise<EngineReply>((resolve) => this.#waiting.set(requestId, resolve));
    this.channel.send({ ...request, requestId });
    const ended = this.exit.then((exit) => Promise.reject(new Error(`the engine ended: ${JSON.stringify(exit)}`)));
    return await Promise.race([reply, ended]);
  }

  /** Sends what has no reply; returns its number. */
  tell(request: Unnumbered): number {
    const requestId = ++this.#requestCount;
    this.channel.send({ ...request, requestId });
    return requestId;
  }

  load(path: string, device: OnnxDevice = 'cpu', fingerprint: string | null = null): Promise<EngineReply> {
    return this.ask({ kind: 'load', bundlePath: path, fingerprint, device, deviceMemoryBytes: null, threadCount: 1 });
  }
}

const engines: Engine[] = [];
function startEngine(): Engine {
  const engine = new Engine();
  engines.push(engine);
  return engine;
}
afterEach(async () => {
  for (const { channel, exit } of engines.splice(0)) {
    channel.kill();
    await exit;
  }
});

async function questionOf(id: string) {
  const wanted = cases.find((candidate) => candidate.id === id);
  if (wanted === undefined) throw new Error(`no golden case ${id}`);
  return { wanted, settings: goldenSettings(wanted), question: await goldenQuestion(wanted) };
}

async function expectGone(pid: number): Promise<void> {
  for (let tries = 0; tries < 100 && isAlive(pid); tries++) await wait(100);
  expect(isAlive(pid), `process ${pid} is still there`).toBe(false);
}

describe('an engine process', () => {
  it('loads a bundle and answers as the reference does; failed questions are predictions', async () => {
    const engine = startEngine();
    const loaded = await engine.load(bundlePath);
    expect(loaded).toMatchObject({ kind: 'loaded', device: 'cpu' });
    if (loaded.kind !== 'loaded') throw new Error('not loaded');
    expect(loaded.suggestedBatchSize).toBeGreaterThanOrEqual(1);
    expect(loaded.onnxruntimeVersion).toMatch(/^\d+\.\d+\.\d+/);

    const { wanted, settings, question } = await questionOf('default-0');
    const broken = { ...question, sampleId: 'broken', images: [new Uint8Array(3)] };
    const reply = await engine.ask({ kind: 'answer', settings, questions: [question, broken] });
    if (reply.kind !== 'answered') throw new Error(JSON.stringify(reply));
    expect(reply.batchMs).toBeGreaterThan(0);
    const [answered, failed] = reply.predictions;
    const { outputText, trace } = answerOf(answered);
    expect(outputText).toBe(wanted.outputText);
    expect(trace?.steps.map(({ selectedSlots }) => selectedSlots)).toEqual(
      wanted.steps.map(({ selectedSlots }) => selectedSlots),
    );
    expect(failed).toMatchObject({ status: 'failed', sampleId: 'broken', failure: { kind: 'malformed-image' } });
  });

  it('answers requests one after the other, in their order', async () => {
    const engine = startEngine();
    const first = await questionOf('default-0');
    const second = await questionOf('no-cot-scene');
    const all = await Promise.all([
      engine.load(bundlePath),
      engine.ask({ kind: 'answer', settings: first.settings, questions: [first.question] }),
      engine.ask({ kind: 'answer', settings: second.settings, questions: [second.question] }),
    ]);
    expect(all.map(({ kind }) => kind)).toEqual(['loaded', 'answered', 'answered']);
    expect(engine.replies.map(({ requestId }) => requestId)).toEqual([1, 2, 3]);
    const texts = all.flatMap((reply) => (reply.kind === 'answered' ? reply.predictions.map(answerOf) : []));
    expect(texts.map(({ outputText }) => outputText)).toEqual([first.wanted.outputText, second.wanted.outputText]);
  });

  it('reports a bug as a failed request with its text, and lives on', async () => {
    const engine = startEngine();
    const { settings, question } = await questionOf('default-0');
    const reply = await engine.ask({ kind: 'answer', settings, questions: [question] });
    expect(reply).toMatchObject({
      kind: 'failed',
      failure: { kind: 'engine-crashed', found: expect.stringContaining('before a model') },
    });
    expect(await engine.load(bundlePath)).toMatchObject({ kind: 'loaded' });
  });
});

describe('a batch that was announced', () => {
  /** What must not depend on it; the decoding library's own words may, because its threads share the last of them. */
  const contentOf = (reply: EngineReply) => {
    if (reply.kind !== 'answered') throw new Error(JSON.stringify(reply));
    return reply.predictions.map((prediction) => {
      if (prediction.status === 'failed') return { ...prediction, failure: { ...prediction.failure, found: '' } };
      const { timings: _, trace, ...answer } = prediction.answer;
      const calls = trace?.calls.map((call) => ({ ...call, prefillMs: 0, decodeMs: 0 }));
      return { ...prediction, answer: { ...answer, trace: { ...trace, calls } } };
    });
  };

  it.each(['default-0', 'no-cot-scene'])(
    '%s is answered as one that was not, its broken image included',
    async (id) => {
      const engine = startEngine();
      await engine.load(bundlePath);
      const { settings, question } = await questionOf(id);
      const { question: other } = await questionOf('default-1');
      const broken = {
        ...question,
        sampleId: 'broken',
        images: [(question.images[0] ?? new Uint8Array()).slice(0, 99)],
      };
      const questions = [question, broken, { ...other, sampleId: 'other' }];
      const unannounced = await engine.ask({ kind: 'answer', settings, questions });
      const preparedAs = engine.tell({ kind: 'prepare', settings, questions });
      // One that goes between changes nothing.
      await engine.ask({ kind: 'answer', settings, questions: [question] });
      const reply = await engine.ask({ kind: 'answer-prepared', preparedAs });
      expect(contentOf(reply)).toEqual(contentOf(unannounced));
      expect(contentOf(reply)[1]).toMatchObject({ status: 'failed', failure: { kind: 'malformed-image' } });
      const times = reply.kind === 'answered' ? reply.predictions.filter(({ status }) => status === 'answered') : [];
      for (const prediction of times) expect(answerOf(prediction).timings?.preprocessMs).toBeGreaterThan(0);
    },
  );

  it('before any model is loaded is answered, and one that is forgotten leaves the next as it is', async () => {
    const engine = startEngine();
    const { wanted, settings, question } = await questionOf('default-0');
    const early = engine.tell({ kind: 'prepare', settings, questions: [question] });
    await engine.load(bundlePath);
    const forgotten = engine.tell({ kind: 'prepare', settings, questions: [question] });
    engine.tell({ kind: 'forget', preparedAs: forgotten });
    const next = engine.tell({ kind: 'prepare', settings, questions: [question] });
    for (const preparedAs of [early, next]) {
      const reply = await engine.ask({ kind: 'answer-prepared', preparedAs });
      expect(reply.kind === 'answered' ? answerOf(reply.predictions[0]).outputText : reply).toBe(wanted.outputText);
    }
  });

  it('keeps no process alive', async () => {
    const { settings, question } = await questionOf('no-cot-scene');
    const questions = Array.from({ length: 40 }, (_, index) => ({ ...question, sampleId: String(index) }));
    for (const end of ['close', 'disconnect'] as const) {
      const engine = startEngine();
      await engine.load(bundlePath);
      engine.tell({ kind: 'prepare', settings, questions });
      if (end === 'close') await engine.ask({ kind: 'close' });
      else engine.channel.disconnect();
      expect(await engine.exit).toMatchObject({ code: 0, signal: null });
    }
  });
});

describe('what cannot be loaded is a typed failure, after which a good bundle still loads', () => {
  // One process for all: each failure must leave it as good as new.
  let engine: Engine;
  beforeAll(() => {
    engine = new Engine();
  });
  afterAll(async () => {
    engine.channel.kill();
    await engine.exit;
  });

  const damaged = async (damage: (folder: string) => Promise<void>): Promise<string> => {
    const copy = join(await newFolder(), 'bundle');
    await cp(bundlePath, copy, { recursive: true });
    await damage(copy);
    return copy;
  };
  const editDescription = async (folder: string, edit: (text: string) => string): Promise<void> => {
    const file = join(folder, 'bundle.json');
    await writeFile(file, edit(await readFile(file, 'utf8')));
  };

  it.each([
    {
      what: 'a folder that is not there',
      kind: 'missing-file',
      damage: (folder: string) => rm(folder, { recursive: true }),
    },
    { what: 'no description', kind: 'missing-file', damage: (folder: string) => rm(join(folder, 'bundle.json')) },
    {
      what: 'a description that is no JSON',
      kind: 'malformed-bundle',
      damage: (folder: string) => writeFile(join(folder, 'bundle.json'), '{"bundleVersion": 1,'),
    },
    {
      what: 'a description of another version',
      kind: 'malformed-bundle',
      damage: (folder: string) =>
        editDescription(folder, (text) => text.replace('"bundleVersion": 2', '"bundleVersion": 99')),
    },
    {
      what: 'a graph that is missing',
      kind: 'malformed-bundle',
      damage: (folder: string) => rm(join(folder, 'head.onnx')),
    },
    {
      what: 'a graph of rubbish',
      kind: 'malformed-bundle',
      damage: (folder: string) => writeFile(join(folder, 'vision.onnx'), 'rubbish'),
    },
    {
      what: 'data that are missing',
      kind: 'malformed-bundle',
      damage: (folder: string) => rm(join(folder, 'head.onnx.data')),
    },
    {
      what: 'data cut short',
      kind: 'malformed-bundle',
      damage: (folder: string) => truncate(join(folder, 'decoder.onnx.data'), 1000),
    },
    {
      what: 'embeddings that are missing',
      kind: 'missing-file',
      damage: (folder: string) => rm(join(folder, 'embeddings.bin')),
    },
    {
      what: 'a tokenizer that is missing',
      kind: 'missing-file',
      damage: (folder: string) => rm(join(folder, 'tokenizer.json')),
    },
    {
      what: 'a chat template that is missing',
      kind: 'missing-file',
      damage: (folder: string) => rm(join(folder, 'chat_template.jinja')),
    },
  ])('$what', async ({ kind, damage }) => {
    const reply = await engine.load(await damaged(damage));
    expect(reply).toMatchObject({ kind: 'failed', failure: { kind } });
    expect(await engine.load(bundlePath)).toMatchObject({ kind: 'loaded' });
  });

  it('another model than the one that was named', async () => {
    const reply = await engine.load(bundlePath, 'cpu', 'a'.repeat(64));
    expect(reply).toMatchObject({ kind: 'failed', failure: { kind: 'run-changed', file: bundlePath } });
    const { fingerprint } = await readBundle(bundlePath);
    expect(await engine.load(bundlePath, 'cpu', fingerprint)).toMatchObject({ kind: 'loaded' });
  });

  it('a device that this platform has not', async () => {
    const reply = await engine.load(bundlePath, absentDevice);
    const file = expect.stringContaining(bundlePath) as string;
    expect(reply).toMatchObject({ kind: 'failed', failure: { kind: 'device-unavailable', file } });
    expect(await engine.load(bundlePath)).toMatchObject({ kind: 'loaded' });
  });
});

describe('the end of an engine process', () => {
  it('comes with exit code 0 after close', async () => {
    const engine = startEngine();
    await engine.load(bundlePath);
    expect(await engine.ask({ kind: 'close' })).toMatchObject({ kind: 'closed' });
    expect(await engine.exit).toMatchObject({ code: 0, signal: null });
  });

  it('comes with the end of its channel, idle or busy', async () => {
    for (const busy of [false, true]) {
      const engine = startEngine();
      await engine.load(bundlePath);
      const { settings, question } = await questionOf('default-0');
      if (busy) engine.channel.send({ kind: 'answer', requestId: 99, settings, questions: [question, question] });
      engine.channel.disconnect();
      expect(await engine.exit).toMatchObject({ code: 0, signal: null });
    }
  });

  it('does not come with an interrupt: that is for its owner to decide', async () => {
    const engine = startEngine();
    await engine.load(bundlePath);
    const { pid } = engine.channel;
    if (pid === undefined) throw new Error('the engine has a process id');
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(pid, signal);
    const { settings, question } = await questionOf('default-0');
    expect(await engine.ask({ kind: 'answer', settings, questions: [question] })).toMatchObject({ kind: 'answered' });
  });

  it('comes when its owner is killed: no orphan', async () => {
    const owner = `
      const { createForkEngineHost } = await import(${JSON.stringify(hostModule.href)});
      const channel = createForkEngineHost({ entry: ${JSON.stringify(entry)} }).start();
      channel.onReply((reply) => console.log(reply.kind + ' ' + channel.pid));
      channel.send({ kind: 'load', requestId: 1, bundlePath: ${JSON.stringify(bundlePath)}, fingerprint: null, device: 'cpu', deviceMemoryBytes: null, threadCount: 1 });
    `;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', owner], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const [kind, pid] = line.split(' ');
    expect(kind).toBe('loaded');
    expect(isAlive(Number(pid))).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await expectGone(Number(pid));
  });
});
