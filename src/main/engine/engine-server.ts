/**
 * The engine's side of the protocol: one model at a time, one request after the other. Methods are handed in, so
 * that the engine knows none of them. The process exits when its channel closes: no orphan keeps a device.
 */
import type { Prediction } from '../../shared/prediction.ts';
import { fail, failureOf, type Failure } from '../../shared/failure.ts';
import type { RunSettings } from '../../shared/run-settings.ts';
import type { EngineLink } from './engine-link.ts';
import { suggestBatchSize } from './batch-size.ts';
import type { ImagesAhead } from './images-ahead.ts';
import { LanguageModel } from './language-model.ts';
import type { FloatTensor } from '../backbones/backbone.ts';
import { OnnxSession, onnxruntimeVersion } from './onnx-session.ts';
import type { EngineQuestion, EngineReply, EngineRequest, LayerAttention } from './protocol.ts';

/** What methods do with a loaded model. */
export type EngineWork = Readonly<{
  /** @param ahead what was prepared of these questions' images; null: nothing */
  answer: (
    model: LanguageModel,
    settings: RunSettings,
    questions: readonly EngineQuestion[],
    ahead: ImagesAhead | null,
  ) => Promise<Prediction[]>;
  /** Begins with the images of questions that will be asked. */
  prepare: (model: LanguageModel, settings: RunSettings, questions: readonly EngineQuestion[]) => ImagesAhead;
  layerAttention: (
    model: LanguageModel,
    settings: RunSettings,
    question: EngineQuestion,
    selectedSlots: readonly (readonly number[])[],
  ) => Promise<LayerAttention>;
}>;

/** A request whose turn comes and that is replied to. */
type Served = Exclude<EngineRequest, { kind: 'prepare' | 'forget' | 'answer-prepared' }>;

/** A batch that was announced. */
type Announced = Readonly<{
  settings: RunSettings;
  questions: readonly EngineQuestion[];
  ahead: ImagesAhead | null;
}>;

/** Serves the requests that come over the link, and ends the process with it. */
export function serveEngine(link: EngineLink, work: EngineWork): void {
  const engine = new Engine(work);
  const serve = async (previous: Promise<void>, request: Served, announced?: Announced): Promise<void> => {
    await previous;
    link.send(await engine.handle(request, announced?.ahead ?? null));
    announced?.ahead?.drop();
    if (request.kind === 'close') link.close();
  };
  const announcements = new Map<number, Announced>();
  const takeAnnounced = (preparedAs: number): Announced | undefined => {
    const announced = announcements.get(preparedAs);
    announcements.delete(preparedAs);
    return announced;
  };
  let queue = Promise.resolve();
  link.onClose(() => process.exit(0));
  link.onRequest((request) => {
    if (request.kind === 'prepare') {
      const { settings, questions } = request;
      announcements.set(request.requestId, { settings, questions, ahead: engine.prepare(settings, questions) });
    } else if (request.kind === 'forget') {
      takeAnnounced(request.preparedAs)?.ahead?.drop();
    } else if (request.kind === 'answer-prepared') {
      const announced = takeAnnounced(request.preparedAs);
      if (announced === undefined) throw new Error(`batch ${request.preparedAs} was never announced`);
      const { settings, questions } = announced;
      queue = serve(queue, { kind: 'answer', requestId: request.requestId, settings, questions }, announced);
    } else {
      queue = serve(queue, request);
    }
  });
  // Interrupts reach the whole process group: whether a run stops is decided by its owner, who talks to us.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
}

class Engine {
  readonly #work: EngineWork;
  #model: LanguageModel | null = null;

  constructor(work: EngineWork) {
    this.#work = work;
  }

  /** Null: no model is loaded yet whose size the images could have. */
  prepare(settings: RunSettings, questions: readonly EngineQuestion[]): ImagesAhead | null {
    return this.#model === null ? null : this.#work.prepare(this.#model, settings, questions);
  }

  async handle(request: Served, ahead: ImagesAhead | null): Promise<EngineReply> {
    try {
      return await this.#reply(request, ahead);
    } catch (error) {
      return { kind: 'failed', requestId: request.requestId, failure: describe(error) };
    }
  }

  #reply(request: Served, ahead: ImagesAhead | null): Promise<EngineReply> {
    switch (request.kind) {
      case 'load':
        return this.#load(request);
      case 'answer':
        return this.#answerQuestions(request, ahead);
      case 'layer-attention':
        return this.#readLayers(request);
      case 'measure-speed':
        return measureSpeed(request);
      case 'close':
        return this.#close(request);
    }
  }

  async #load(request: Extract<EngineRequest, { kind: 'load' }>): Promise<EngineReply> {
    await this.#unload();
    const { device, gpu = 0, threadCount } = request;
    const model = await LanguageModel.open(request.bundlePath, { device, gpu, threadCount });
    this.#model = model;
    if (request.fingerprint !== null && model.bundle.fingerprint !== request.fingerprint) {
      await this.#unload();
      refuseOtherModel(request.bundlePath, request.fingerprint, model.bundle.fingerprint);
    }
    return {
      kind: 'loaded',
      requestId: request.requestId,
      device,
      suggestedBatchSize: suggestBatchSize(model.bundle, request),
      onnxruntimeVersion: onnxruntimeVersion(),
    };
  }

  async #close({ requestId }: Extract<EngineRequest, { kind: 'close' }>): Promise<EngineReply> {
    await this.#unload();
    return { kind: 'closed', requestId };
  }

  async #unload(): Promise<void> {
    const model = this.#model;
    this.#model = null;
    await model?.dispose();
  }

  async #answerQuestions(
    { requestId, settings, questions }: Extract<EngineRequest, { kind: 'answer' }>,
    ahead: ImagesAhead | null,
  ): Promise<EngineReply> {
    const started = performance.now();
    const predictions = await this.#work.answer(this.#loaded(), settings, questions, ahead);
    return {
      kind: 'answered',
      requestId,
      predictions,
      batchMs: performance.now() - started,
      peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    };
  }

  async #readLayers(request: Extract<EngineRequest, { kind: 'layer-attention' }>): Promise<EngineReply> {
    const { requestId, settings, question, selectedSlots } = request;
    const attention = await this.#work.layerAttention(this.#loaded(), settings, question, selectedSlots);
    return { kind: 'layer-attention', requestId, attention };
  }

  #loaded(): LanguageModel {
    if (this.#model === null) throw new Error('questions came before a model');
    return this.#model;
  }
}

async function measureSpeed({
  requestId,
  path,
  device,
  threadCount,
}: Extract<EngineRequest, { kind: 'measure-speed' }>): Promise<EngineReply> {
  const session = await OnnxSession.open(path, { device, threadCount });
  try {
    const feeds = Object.fromEntries(session.inputShapes.map(({ name, dims }) => [name, constant(dims)]));
    let milliseconds = 0;
    // The first run prepares kernels.
    for (let run = 0; run < 2; run++) {
      const started = performance.now();
      await session.run(feeds);
      milliseconds = performance.now() - started;
    }
    return { kind: 'speed', requestId, milliseconds };
  } finally {
    await session.dispose();
  }
}

/** Small enough that products of it stay numbers. */
function constant(dims: readonly number[]): FloatTensor {
  const count = dims.reduce((product, size) => product * size, 1);
  return { data: new Float32Array(count).fill(1 / count), dims };
}

function refuseOtherModel(file: string, expected: string, found: string): never {
  fail('run-changed', 'Another model lies in this folder by now.', {
    file,
    place: 'model fingerprint',
    expected,
    found,
    action: 'Import the same checkpoint there again, or start a new run.',
  });
}

/** A failure as data; a bug is reported as a crash of this request, with its stack for the log. */
function describe(error: unknown): Failure {
  const failure = failureOf(error);
  if (failure !== undefined) return failure;
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return {
    kind: 'engine-crashed',
    message: 'The engine met an unexpected error.',
    found: error instanceof Error ? error.message : String(error),
    action: 'Please report this, with the text above.',
  };
}
