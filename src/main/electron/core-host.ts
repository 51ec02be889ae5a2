/**
 * The core's process: started with the program, asked for ports and resources, started again when it crashes. What
 * runs is in the store, so a new core goes on where the old one was.
 */
import { MessageChannelMain, utilityProcess, type MessagePortMain, type UtilityProcess } from 'electron';
import type { FromCore, ToCore, Work } from '../core/process-messages.ts';
import type { ServedResource } from '../core/resources.ts';
import { endProcess } from './end-process.ts';
import { createEngineProcesses } from './engine-processes.ts';

export type CoreHostOptions = Readonly<{
  entry: string;
  engineEntry: string;
  /** The store's file; the user's own by default. */
  storePath: string | undefined;
  onWork: (work: Work) => void;
  onRunEnded: (run: Readonly<{ runId: string; title: string; text: string }>) => void;
  /** The process ended without being asked to. Answers whether to start another. */
  onCrash: (code: number) => Promise<boolean>;
}>;

export type CoreHost = Readonly<{
  /** A port to the core, once it is ready. */
  openPort: () => Promise<MessagePortMain>;
  readResource: (address: string, ifNoneMatch: string | null) => Promise<ServedResource | null>;
  /** Pauses what runs and lets the process end; at the latest after `limitMs`. */
  close: (limitMs: number) => Promise<void>;
  isClosed: () => boolean;
}>;

const gone: ServedResource = { status: 503, headers: {}, body: 'The core is being started again.\n' };

export function createCoreHost(options: CoreHostOptions): CoreHost {
  let isClosing = false;
  let isClosed = false;
  let core = start();

  function start(): RunningCore {
    const running = new RunningCore(options);
    void startAgain(running);
    return running;
  }
  async function startAgain(running: RunningCore): Promise<void> {
    const code = await running.exited;
    options.onWork({ runCount: 0, fraction: null, label: '' });
    if (!isClosing && (await options.onCrash(code))) core = start();
  }

  return {
    openPort: async () => {
      for (;;) {
        const current = core;
        if ((await current.ready) && !current.hasExited) return current.openPort();
        // It has ended: the next one, if there is to be one, takes its place.
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    },
    readResource: (address, ifNoneMatch) => core.readResource(address, ifNoneMatch),
    close: async (limitMs) => {
      isClosing = true;
      await core.close(limitMs);
      isClosed = true;
    },
    isClosed: () => isClosed,
  };
}

/** One process, from its start to its end. */
class RunningCore {
  readonly exited: Promise<number>;
  hasExited = false;
  /** True once it listens, false where it ended before. */
  readonly ready: Promise<boolean>;
  readonly #child: UtilityProcess;
  readonly #closed = Promise.withResolvers<void>();
  readonly #requests = new Map<number, (resource: ServedResource | null) => void>();
  #lastRequest = 0;

  constructor({ entry, engineEntry, storePath, onWork, onRunEnded }: CoreHostOptions) {
    const child = utilityProcess.fork(entry, storePath === undefined ? [] : [storePath], {
      serviceName: 'Penumbra core',
      stdio: 'inherit',
    });
    this.#child = child;
    const engines = createEngineProcesses(engineEntry, (message, ports) => this.#tell(message, ports));
    const ready = Promise.withResolvers<boolean>();
    this.ready = ready.promise;
    this.exited = new Promise((resolve) => {
      child.once('exit', (code) => {
        this.hasExited = true;
        engines.killAll();
        ready.resolve(false);
        this.#closed.resolve();
        for (const answer of this.#requests.values()) answer(gone);
        resolve(code);
      });
    });
    child.on('message', (message: FromCore) => {
      switch (message.kind) {
        case 'ready':
          return ready.resolve(true);
        case 'start-engine':
          return engines.start(message.engineId);
        case 'kill-engine':
          return engines.kill(message.engineId);
        case 'resource':
          return this.#answer(message.requestId, message.resource);
        case 'work':
          return onWork(message.work);
        case 'run-ended':
          return onRunEnded(message);
        case 'closed':
          return this.#closed.resolve();
      }
    });
  }

  openPort(): MessagePortMain {
    const { port1, port2 } = new MessageChannelMain();
    this.#tell({ kind: 'window' }, [port1]);
    return port2;
  }

  readResource(address: string, ifNoneMatch: string | null): Promise<ServedResource | null> {
    if (this.hasExited) return Promise.resolve(gone);
    this.#lastRequest += 1;
    const requestId = this.#lastRequest;
    return new Promise((resolve) => {
      this.#requests.set(requestId, resolve);
      this.#tell({ kind: 'resource', requestId, address, ifNoneMatch });
    });
  }

  async close(limitMs: number): Promise<void> {
    this.#tell({ kind: 'close' });
    let timer: ReturnType<typeof setTimeout> | undefined;
    const limit = new Promise<void>((resolve) => (timer = setTimeout(resolve, limitMs)));
    await Promise.race([this.#closed.promise, limit]);
    clearTimeout(timer);
    if (!this.hasExited) endProcess(this.#child);
    await this.exited;
  }

  #answer(requestId: number, resource: ServedResource | null): void {
    this.#requests.get(requestId)?.(resource);
    this.#requests.delete(requestId);
  }

  #tell(message: ToCore, ports: MessagePortMain[] = []): void {
    this.#child.postMessage(message, ports);
  }
}
