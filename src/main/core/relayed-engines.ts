/**
 * Engines under Electron: the core may not start processes of Electron's kind, so it asks main, which starts one and
 * sends a port to it. Requests wait until the port is there.
 */
import type { EngineReply, EngineRequest } from '../engine/protocol.ts';
import type { ChannelPort } from '../engine/parent-port.ts';
import type { EngineChannel, EngineExit, EngineHost } from '../runs/engine-host.ts';
import type { FromCore, ToCore } from './process-messages.ts';

export type RelayedEngines = Readonly<{
  host: EngineHost;
  /** Takes what main says about engines; false for other messages. */
  receive: (message: ToCore, port: ChannelPort | undefined) => boolean;
}>;

/** @param tell sends a message to main */
export function createRelayedEngines(tell: (message: FromCore) => void): RelayedEngines {
  const engines = new Map<number, RelayedEngine>();
  let lastId = 0;
  return {
    host: {
      start: () => {
        lastId += 1;
        const engine = new RelayedEngine(lastId, tell);
        engines.set(lastId, engine);
        tell({ kind: 'start-engine', engineId: lastId });
        return engine.channel();
      },
    },
    receive: (message, port) => {
      if (message.kind === 'engine-started') {
        if (port !== undefined) engines.get(message.engineId)?.connect(port, message.pid);
        return true;
      }
      if (message.kind !== 'engine-exited') return false;
      engines.get(message.engineId)?.finish(message.exit);
      engines.delete(message.engineId);
      return true;
    },
  };
}

class RelayedEngine {
  readonly #engineId: number;
  readonly #tell: (message: FromCore) => void;
  readonly #replyListeners: ((reply: EngineReply) => void)[] = [];
  readonly #exitListeners: ((exit: EngineExit) => void)[] = [];
  #waiting: EngineRequest[] = [];
  #port: ChannelPort | null = null;
  #pid: number | undefined;
  #exit: EngineExit | null = null;
  #isLetGo = false;

  constructor(engineId: number, tell: (message: FromCore) => void) {
    this.#engineId = engineId;
    this.#tell = tell;
  }

  connect(port: ChannelPort, pid: number | null): void {
    this.#pid = pid ?? undefined;
    this.#port = port;
    port.on('message', ({ data }) => {
      for (const listener of this.#replyListeners) listener(data as EngineReply);
    });
    port.start();
    for (const request of this.#waiting) port.postMessage(request);
    this.#waiting = [];
    if (this.#isLetGo) port.close();
  }

  finish(exit: EngineExit): void {
    if (this.#exit !== null) return;
    this.#exit = exit;
    for (const listener of this.#exitListeners) listener(exit);
  }

  channel(): EngineChannel {
    const pid = (): number | undefined => this.#pid;
    return {
      get pid() {
        return pid();
      },
      send: (request) => {
        if (this.#port === null) this.#waiting.push(request);
        else this.#port.postMessage(request);
      },
      onReply: (listener) => void this.#replyListeners.push(listener),
      onExit: (listener) => {
        if (this.#exit === null) this.#exitListeners.push(listener);
        else listener(this.#exit);
      },
      kill: () => this.#tell({ kind: 'kill-engine', engineId: this.#engineId }),
      disconnect: () => {
        this.#isLetGo = true;
        this.#port?.close();
      },
    };
  }
}
