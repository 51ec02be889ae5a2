/**
 * Owns one engine process at a time: starts it when it is needed, loads the model, matches replies to requests,
 * and turns every way in which the process can end into a typed failure. It does not retry questions: who feeds
 * it decides what to ask again.
 */
import type { Bundle } from '../../shared/bundle.ts';
import { failureOf, PenumbraFailure, type Failure } from '../../shared/failure.ts';
import type { RunSettings } from '../../shared/run-settings.ts';
import type { Prediction } from '../../shared/prediction.ts';
import type { OnnxDevice } from '../engine/devices.ts';
import type { EngineQuestion, EngineReply, EngineRequest, LayerAttention } from '../engine/protocol.ts';
import { readBundle } from '../files/read-bundle.ts';
import { failureOfExit, isWorthRetrying } from './engine-exit.ts';
import type { EngineChannel, EngineHost } from './engine-host.ts';
import { explainShortage, memoryThere, refuseTooLarge, type MemoryThere } from './memory-shortage.ts';

/** A process that has crashed is followed by another: with a fingerprint, that one loads the same model or none. */
export type EngineModel = Readonly<{
  bundlePath: string;
  fingerprint: string | null;
  device: OnnxDevice;
  /** The device's own memory; null or absent: not known, or main memory. */
  deviceMemoryBytes?: number | null;
  /** Which one, where the device can be told; absent: the first. */
  gpu?: number;
  threadCount: number | null;
  /** Engines that share the memory, this one included; absent: it is alone. */
  sharingCount?: number;
}>;

export type LoadedEngine = Pick<
  Extract<EngineReply, { kind: 'loaded' }>,
  'device' | 'suggestedBatchSize' | 'onnxruntimeVersion'
>;

type Request = EngineRequest extends infer Each
  ? Each extends EngineRequest
    ? Omit<Each, 'requestId'>
    : never
  : never;

type Announcement = Readonly<{
  requestId: number;
  settings: RunSettings;
  questions: readonly EngineQuestion[];
  /** Of the process that was told. */
  channel: EngineChannel;
}>;

type Waiting = Readonly<{ resolve: (reply: EngineReply) => void; reject: (error: unknown) => void }>;

/** Times that a process may end while it loads before the engine counts as unusable. */
const loadAttempts = 3;

/** How long a process may take to leave after its channel closed. */
const closeTimeoutMs = 2000;

/** A process that ended without being asked to. */
export type EngineEnd = Readonly<{ at: Date; failure: Failure }>;

/** Thrown when the engine cannot even load the model; asking smaller batches is pointless. */
export class EngineUnusable extends PenumbraFailure {}

export class EngineSupervisor {
  readonly #host: EngineHost;
  readonly #model: EngineModel;
  #channel: EngineChannel | null = null;
  #loading: Promise<LoadedEngine> | null = null;
  #waiting = new Map<number, Waiting>();
  #nextRequestId = 1;
  #killed = false;
  /** What the process was told that it will be asked, until it is. */
  #announced: Announcement | null = null;
  #peakMemoryBytes: number | null = null;
  /** How the process before ended, until another follows it. */
  #ended: EngineEnd | null = null;
  readonly #onRestart: (ended: EngineEnd) => void;

  /** @param onRestart told how a process ended, when another takes its place */
  constructor(host: EngineHost, model: EngineModel, onRestart: (ended: EngineEnd) => void = () => undefined) {
    this.#host = host;
    this.#model = model;
    this.#onRestart = onRestart;
  }

  /** Of the process that answered last; null before any answer. */
  get peakMemoryBytes(): number | null {
    return this.#peakMemoryBytes;
  }

  /** Starts the process and loads the model unless that has been done. Fails: `EngineUnusable`, the model's own. */
  async ready(): Promise<LoadedEngine> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await (this.#loading ??= this.#load());
      } catch (error) {
        if (!(error instanceof PenumbraFailure) || !isWorthRetrying(error.failure)) throw error;
        if (attempt === loadAttempts) throw new EngineUnusable(error.failure, { cause: error });
      }
    }
  }

  /**
   * Answers one batch; predictions come in the questions' order. Fails with the reply's failure, or with how the
   * process ended; the next call starts a new one.
   */
  async answer(settings: RunSettings, questions: readonly EngineQuestion[]): Promise<readonly Prediction[]> {
    const announced = this.#takeAnnounced(settings, questions);
    await this.ready();
    const asked = this.#ask(
      // The process that was told may be gone by now.
      announced !== null && announced.channel === this.#channel
        ? { kind: 'answer-prepared', preparedAs: announced.requestId }
        : { kind: 'answer', settings, questions },
    );
    const reply = await (questions.length > 1
      ? asked
      : asked.catch(async (error: unknown) => {
          throw await this.#explained(error);
        }));
    if (reply.kind !== 'answered') throw new Error(`the engine replied ${reply.kind} to answer`);
    const ids = reply.predictions.map(({ sampleId }) => sampleId);
    const expected = questions.map(({ sampleId }) => sampleId);
    if (ids.length !== expected.length || ids.some((id, index) => id !== expected[index])) {
      throw new Error('the engine answered other questions than it was asked');
    }
    this.#peakMemoryBytes = reply.peakMemoryBytes ?? null;
    return reply.predictions;
  }

  /**
   * Lets the process prepare what it will be asked next, beside what it is doing. It changes no answer: a process that is
   * not there yet, or not any more when they are asked, gets the questions then. Takes the place of what was prepared
   * before and never asked.
   */
  prepare(settings: RunSettings, questions: readonly EngineQuestion[]): void {
    this.forget();
    if (this.#channel === null || this.#killed || questions.length === 0) return;
    const requestId = this.#newRequestId();
    this.#channel.send({ kind: 'prepare', requestId, settings, questions });
    this.#announced = { requestId, settings, questions, channel: this.#channel };
  }

  /** What was prepared will not be asked. */
  forget(): void {
    const announced = this.#announced;
    this.#announced = null;
    if (announced === null || announced.channel !== this.#channel || this.#killed) return;
    const { requestId: preparedAs } = announced;
    announced.channel.send({ kind: 'forget', requestId: this.#newRequestId(), preparedAs });
  }

  /** Goes through a stored answer's latent steps again. Fails as `answer` does. */
  async layerAttention(
    settings: RunSettings,
    question: EngineQuestion,
    selectedSlots: readonly (readonly number[])[],
  ): Promise<LayerAttention> {
    await this.ready();
    const reply = await this.#ask({ kind: 'layer-attention', settings, question, selectedSlots });
    if (reply.kind !== 'layer-attention') throw new Error(`the engine replied ${reply.kind} to layer-attention`);
    return reply.attention;
  }

  /** Milliseconds of one run of the speed probe at the model's path. Fails as loading does. */
  async measureSpeed(): Promise<number> {
    this.#start();
    const { bundlePath: path, device, threadCount } = this.#model;
    const reply = await this.#ask({ kind: 'measure-speed', path, device, threadCount });
    if (reply.kind !== 'speed') throw new Error(`the engine replied ${reply.kind} to measure-speed`);
    return reply.milliseconds;
  }

  /** Ends the process at once; whatever was asked fails with `cancelled`, and so does all that comes. */
  kill(): void {
    this.#killed = true;
    this.#channel?.kill();
  }

  /** Lets the process go and waits until it is gone. */
  async close(): Promise<void> {
    // None starts any more, where one was about to.
    this.#killed = true;
    const channel = this.#channel;
    if (channel === null) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => channel.kill(), closeTimeoutMs);
      channel.onExit(() => {
        clearTimeout(timer);
        resolve();
      });
      channel.disconnect();
    });
  }

  async #load(): Promise<LoadedEngine> {
    try {
      const bundle = await this.#readBundle();
      if (bundle !== null) refuseTooLarge(bundle, this.#memoryThere());
      this.#start();
      const reply = await this.#ask({ kind: 'load', ...this.#model, deviceMemoryBytes: this.#deviceMemoryBytes });
      if (reply.kind !== 'loaded') throw new Error(`the engine replied ${reply.kind} to load`);
      const { device, suggestedBatchSize, onnxruntimeVersion } = reply;
      return { device, suggestedBatchSize, onnxruntimeVersion };
    } catch (error) {
      this.#drop();
      throw await this.#explained(error);
    }
  }

  /** What the numbers of a shortage come from; a bundle that cannot be read is for the engine to report. */
  #readBundle(): Promise<Bundle | null> {
    return readBundle(this.#model.bundlePath).catch(() => null);
  }

  get #deviceMemoryBytes(): number | null {
    return this.#model.deviceMemoryBytes ?? null;
  }

  #memoryThere(): MemoryThere {
    return memoryThere(this.#model.device, this.#deviceMemoryBytes);
  }

  /** A shortage of memory in which nothing smaller could be asked, with its numbers. */
  async #explained(error: unknown): Promise<unknown> {
    const failure = failureOf(error);
    if (failure?.kind !== 'out-of-memory') return error;
    const bundle = await this.#readBundle();
    if (bundle === null) return error;
    return new PenumbraFailure(explainShortage(failure, bundle, this.#memoryThere()), { cause: error });
  }

  /** Forgets the process and ends it: it cannot serve any more. */
  #drop(): void {
    const channel = this.#channel;
    this.#channel = null;
    this.#loading = null;
    channel?.kill();
  }

  #start(): void {
    if (this.#killed) throw new PenumbraFailure(cancelled);
    const channel = this.#host.start();
    this.#channel = channel;
    const ended = this.#ended;
    this.#ended = null;
    if (ended !== null) this.#onRestart(ended);
    channel.onReply((reply) => this.#receive(reply));
    channel.onExit((exit) => {
      if (this.#channel !== channel) return;
      this.#channel = null;
      this.#loading = null;
      const failure = this.#killed ? cancelled : failureOfExit(exit);
      if (!this.#killed) this.#ended = { at: new Date(), failure };
      this.#rejectAll(failure);
    });
  }

  #ask(request: Request): Promise<EngineReply> {
    const channel = this.#channel;
    if (this.#killed) return Promise.reject(new PenumbraFailure(cancelled));
    if (channel === null) return Promise.reject(new PenumbraFailure(failureOfExit(goneBefore)));
    const requestId = this.#newRequestId();
    return new Promise<EngineReply>((resolve, reject) => {
      this.#waiting.set(requestId, { resolve, reject });
      channel.send({ ...request, requestId });
    });
  }

  #newRequestId(): number {
    const requestId = this.#nextRequestId;
    this.#nextRequestId += 1;
    return requestId;
  }

  /** The announcement of exactly these questions; it is nobody else's from now on. */
  #takeAnnounced(settings: RunSettings, questions: readonly EngineQuestion[]): Announcement | null {
    const announced = this.#announced;
    if (announced === null || announced.settings !== settings) return null;
    if (announced.questions.length !== questions.length) return null;
    if (questions.some((question, index) => question !== announced.questions[index])) return null;
    this.#announced = null;
    return announced;
  }

  #receive(reply: EngineReply): void {
    const waiting = this.#waiting.get(reply.requestId);
    this.#waiting.delete(reply.requestId);
    if (reply.kind !== 'failed') {
      waiting?.resolve(reply);
      return;
    }
    // A lost device does not come back to the process that lost it.
    if (reply.failure.kind === 'device-lost') {
      this.#ended = { at: new Date(), failure: reply.failure };
      this.#drop();
    }
    waiting?.reject(new PenumbraFailure(reply.failure));
  }

  #rejectAll(failure: Failure): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(new PenumbraFailure(failure));
  }
}

const goneBefore = { code: null, signal: null, errorTail: 'it was gone before it was asked' };

const cancelled: Failure = { kind: 'cancelled', message: 'The engine was stopped.' };
