/**
 * Where everybody who needs an engine asks for it: one engine for each model and device (or several side by side),
 * shared by a run and the questions that somebody tries meanwhile. It gets one request at a time, so that a crash meets only the request
 * that caused it; single questions (probes) go before the next batch. An engine that nobody uses stays loaded for
 * a while, unless another model is to be loaded: two seldom fit. Who brings an engine of its own (a model's check)
 * waits until nobody uses one here, and holds back whoever comes meanwhile.
 */
import { gpuOfEngine, picksGpu, sharingCount, type EngineCrew } from '../../shared/engine-places.ts';
import { PenumbraFailure } from '../../shared/failure.ts';
import type { Prediction } from '../../shared/prediction.ts';
import type { Device, RunSettings } from '../../shared/run-settings.ts';
import type { EngineQuestion, LayerAttention } from '../engine/protocol.ts';
import type { DeviceChoice } from './device-choice.ts';
import type { EngineHost } from './engine-host.ts';
import { EngineSupervisor, type EngineEnd, type LoadedEngine } from './engine-supervisor.ts';
import { coreCount, threadsOfEngine } from './engine-threads.ts';
import { createTurns } from './engine-turns.ts';

/** What one user does with an engine; nothing starts before the first request. Requests fail as the engine's do. */
export type EngineUse = Readonly<{
  ready: () => Promise<LoadedEngine>;
  answer: (settings: RunSettings, questions: readonly EngineQuestion[]) => Promise<readonly Prediction[]>;
  /**
   * Says what this user will ask next, so that its images are prepared meanwhile; see `EngineSupervisor.prepare`. Does
   * not wait for a turn.
   */
  prepare: (settings: RunSettings, questions: readonly EngineQuestion[]) => void;
  layerAttention: (
    settings: RunSettings,
    question: EngineQuestion,
    selectedSlots: readonly (readonly number[])[],
  ) => Promise<LayerAttention>;
  /** Tells this user of every process that ended without being asked to, when another takes its place. */
  onRestart: (listener: RestartListener) => void;
  /**
   * Everything this user asked, and asks from now on, fails with `cancelled`. The process ends if it is working on a
   * batch of this user's; on a probe only if nobody else waits for it, because loading takes longer than one answer.
   */
  stop: () => void;
  /** The last to leave decides whether the engine stays loaded for a while. Resolves once it is gone, if it is to go. */
  leave: (stayLoaded: boolean) => Promise<void>;
}>;

export type RestartListener = (ended: EngineEnd) => void;

/** `probe`: goes before the next `batch`. */
export type EngineOrder = 'batch' | 'probe';

/** The fingerprint keeps an engine apart from a model that was imported to the same place since. */
export type DeskModel = Readonly<{
  bundlePath: string;
  fingerprint: string;
  device: Device;
  /** Those that work side by side. */
  crew: EngineCrew;
  /** The engine's place among them. */
  index: number;
  /** For single questions: whichever engine of the model is loaded, on whichever GPU; else this one. */
  any: boolean;
}>;

export type EngineDesk = Readonly<{
  use: (model: DeskModel, order: EngineOrder) => EngineUse;
  /** Ends engines that nobody uses, so that their model's files can be replaced. */
  unloadIdle: () => Promise<void>;
  /**
   * Works while no engine of the desk is loaded: after the users of now, before those that come later. Rejects with
   * `cancelled` where the signal aborts before its turn; afterwards the signal is the work's own.
   */
  alone: <Result>(work: () => Promise<Result>, signal: AbortSignal) => Promise<Result>;
  /** Ends every engine; later requests fail with `cancelled`. */
  close: () => Promise<void>;
}>;

export type EngineDeskOptions = Readonly<{
  host: EngineHost;
  devices: DeviceChoice;
  threadCount: number | null;
  /** How long an engine stays loaded after its last use. */
  stayLoadedMs: number;
}>;

type User = { readonly order: EngineOrder; isStopped: boolean; onRestart: RestartListener };

type Job = Readonly<{
  user: User;
  /** Never rejects: resolves with what tells the user the outcome, so that the seat is free when the user hears of it. */
  run: (engine: EngineSupervisor) => Promise<() => void>;
  reject: (error: unknown) => void;
}>;

export function createEngineDesk({ host, devices, threadCount, stayLoadedMs }: EngineDeskOptions): EngineDesk {
  const seats = new Map<string, Seat>();
  const unloadIdle = async (): Promise<void> => {
    await Promise.all([...seats.values()].filter((seat) => seat.isIdle).map((seat) => seat.unload()));
  };
  const alone = createTurns({
    isIdle: () => [...seats.values()].every((seat) => seat.isIdle),
    onBegin: () => void unloadIdle(),
  });
  const seatOf = ({ bundlePath, device, fingerprint, crew, index, any }: DeskModel): Seat => {
    const shared = JSON.stringify([bundlePath, device, fingerprint]);
    const loaded = !any ? [] : [...seats].filter(([key, seat]) => key.startsWith(shared) && seat.isLoaded);
    const [leastBusy] = loaded.toSorted(([, a], [, b]) => a.jobCount - b.jobCount);
    if (leastBusy !== undefined) return leastBusy[1];
    const key = `${shared} ${JSON.stringify([crew.engines, crew.gpus, index])}`;
    const known = seats.get(key);
    if (known !== undefined) return known;
    const seat = new Seat({
      start: async (onRestart) => {
        const chosen = await devices.choose(device, picksGpu(device) ? gpuOfEngine(crew, index) : 0);
        const deviceMemoryBytes = await devices.memoryBytes(chosen);
        const { engines } = crew;
        const threads = engines === 1 ? threadCount : threadsOfEngine(index, engines, threadCount ?? coreCount());
        const engine = {
          bundlePath,
          fingerprint,
          device: chosen,
          gpu: gpuOfEngine(crew, index),
          deviceMemoryBytes,
          threadCount: threads,
          sharingCount: sharingCount(crew, chosen),
        };
        return new EngineSupervisor(host, engine, onRestart);
      },
      beforeLoading: async () => {
        await alone.ended();
        await unloadIdle();
      },
      onIdle: alone.next,
      stayLoadedMs,
    });
    seats.set(key, seat);
    return seat;
  };
  return {
    use: (model, order) => seatOf(model).use(order),
    unloadIdle,
    alone: async (work, signal) => {
      const end = await alone.take(signal);
      try {
        await unloadIdle();
        return await work();
      } finally {
        end();
      }
    },
    close: async () => {
      await Promise.all([...seats.values()].map((seat) => seat.close()));
      seats.clear();
    },
  };
}

type SeatOptions = Readonly<{
  start: (onRestart: RestartListener) => Promise<EngineSupervisor>;
  beforeLoading: () => Promise<void>;
  /** Told when the last user has left. */
  onIdle: () => void;
  stayLoadedMs: number;
}>;

/** One engine with its users and its queue. */
class Seat {
  readonly #options: SeatOptions;
  #engine: EngineSupervisor | null = null;
  #waiting: Job[] = [];
  #current: Job | null = null;
  readonly #users = new Set<User>();
  /** Until the processes that were let go are gone: memory and files are free then. */
  #leaving: Promise<unknown> = Promise.resolve();
  #idleTimer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: SeatOptions) {
    this.#options = options;
  }

  get isIdle(): boolean {
    return this.#users.size === 0 && this.#current === null;
  }

  /** Loaded, or with somebody who is having it loaded. */
  get isLoaded(): boolean {
    return this.#engine !== null || this.#users.size > 0;
  }

  /** Requests under way and waiting. */
  get jobCount(): number {
    return this.#waiting.length + (this.#current === null ? 0 : 1);
  }

  use(order: EngineOrder): EngineUse {
    const user: User = { order, isStopped: false, onRestart: () => undefined };
    this.#users.add(user);
    clearTimeout(this.#idleTimer);
    const ask = <Result>(request: (engine: EngineSupervisor) => Promise<Result>): Promise<Result> =>
      new Promise((resolve, reject) => {
        if (user.isStopped || this.#isClosed) return reject(cancelled());
        const run = (engine: EngineSupervisor): Promise<() => void> =>
          request(engine).then(
            (result) => () => resolve(result),
            (error: unknown) => () => reject(error),
          );
        this.#enqueue({ user, run, reject });
      });
    return {
      ready: () => ask((engine) => engine.ready()),
      answer: (settings, questions) => ask((engine) => engine.answer(settings, questions)),
      prepare: (settings, questions) => {
        if (!user.isStopped) this.#engine?.prepare(settings, questions);
      },
      layerAttention: (settings, question, selectedSlots) =>
        ask((engine) => engine.layerAttention(settings, question, selectedSlots)),
      onRestart: (listener) => {
        user.onRestart = listener;
      },
      stop: () => this.#stop(user),
      leave: (stayLoaded) => this.#leave(user, stayLoaded),
    };
  }

  /** Ends the process; the next request starts another. */
  async unload(): Promise<void> {
    clearTimeout(this.#idleTimer);
    this.#letGo();
    await this.#leaving;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { reject } of this.#waiting.splice(0)) reject(cancelled());
    await this.unload();
  }

  #enqueue(job: Job): void {
    const next = job.user.order === 'probe' ? this.#waiting.findIndex(({ user }) => user.order === 'batch') : -1;
    this.#waiting.splice(next === -1 ? this.#waiting.length : next, 0, job);
    void this.#work();
  }

  /** Takes one job after the other; a job settles its own promise and never throws here. */
  async #work(): Promise<void> {
    if (this.#current !== null) return;
    for (;;) {
      const job = this.#waiting.shift();
      if (job === undefined) return;
      this.#current = job;
      if (this.#engine === null) await Promise.all([this.#leaving, this.#options.beforeLoading()]).catch(job.reject);
      const tell = await this.#serve(job);
      this.#current = null;
      tell();
      if (this.isIdle) this.#options.onIdle();
    }
  }

  /** Resolves with what tells the job's user the outcome. */
  async #serve(job: Job): Promise<() => void> {
    const refuse = (error: unknown) => () => job.reject(error);
    // Nobody waits for it any more: no process is started for it.
    if (this.#isClosed || job.user.isStopped) return refuse(cancelled());
    try {
      this.#engine ??= await this.#options.start((ended) => {
        for (const { onRestart } of this.#users) onRestart(ended);
      });
    } catch (error) {
      return refuse(error);
    }
    if (!this.#isClosed && !job.user.isStopped) return await job.run(this.#engine);
    // Who stopped, or closed, while the device was found out wants no engine any more.
    this.#letGo();
    return refuse(cancelled());
  }

  #stop(user: User): void {
    user.isStopped = true;
    const own = this.#waiting.filter((job) => job.user === user);
    this.#waiting = this.#waiting.filter((job) => job.user !== user);
    for (const { reject } of own) reject(cancelled());
    const current = this.#current;
    if (current?.user !== user) return;
    const isWaiting = this.#engine === null;
    const isAlone = [...this.#users].every((each) => each === user);
    if (user.order === 'batch' || isAlone) {
      // A killed supervisor refuses for good: the next job gets a new one.
      this.#engine?.kill();
      this.#letGo();
    }
    // A batch is over when its process is gone; a probe that goes on unheard, and what waits for its process, at once.
    if (user.order === 'probe' || isWaiting) current.reject(cancelled());
  }

  #letGo(): void {
    if (this.#engine !== null) this.#leaving = Promise.all([this.#leaving, this.#engine.close()]);
    this.#engine = null;
  }

  async #leave(user: User, stayLoaded: boolean): Promise<void> {
    user.isStopped = true;
    // A batch that was announced and never came must not keep its images.
    if (user.order === 'batch') this.#engine?.forget();
    if (!this.#users.delete(user) || this.#users.size > 0) return;
    if (!stayLoaded) await this.unload();
    if (this.isIdle) this.#options.onIdle();
    if (!stayLoaded || !this.isIdle) return;
    clearTimeout(this.#idleTimer);
    // A process that could end otherwise does not wait for this.
    this.#idleTimer = setTimeout(() => void this.unload(), this.#options.stayLoadedMs).unref();
  }
}

const cancelled = (): PenumbraFailure => new PenumbraFailure({ kind: 'cancelled', message: 'The engine was stopped.' });
