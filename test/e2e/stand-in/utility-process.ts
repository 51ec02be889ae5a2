/** `utilityProcess`: a forked Node process that finds `process.parentPort`, as its module expects. */
import { fork, type ChildProcess, type StdioOptions } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ForkOptions, UtilityProcess } from 'electron';
import { onCommand, report } from './control.ts';
import type { StandInPort } from './ports.ts';
import type { FromUtility, ToUtility } from './utility-messages.ts';

const childModule = fileURLToPath(new URL('utility-child.ts', import.meta.url));
const running = new Map<StandInUtility, string>();
let isReady = false;

/** Electron refuses to fork before it is ready. */
export const allowForks = (): void => {
  isReady = true;
};

class StandInUtility extends EventEmitter implements Pick<UtilityProcess, 'kill' | 'pid' | 'stderr' | 'stdout'> {
  readonly #child: ChildProcess;
  readonly #ports = new Map<number, StandInPort>();
  #lastPort = 0;
  #hasSpawned = false;

  constructor(child: ChildProcess) {
    super();
    this.#child = child;
    // The process id is not known before the process is there.
    child.on('spawn', () => (this.#hasSpawned = true));
    child.on('message', (message: FromUtility) => {
      if (message.kind === 'message') this.emit('message', message.data);
      else if (message.kind === 'port-message') this.#ports.get(message.portId)?.postMessage(message.data);
      else this.#ports.get(message.portId)?.close();
    });
    child.on('exit', (code, signal) => {
      running.delete(this);
      for (const port of this.#ports.values()) port.close();
      this.emit('exit', code ?? (signal === 'SIGKILL' ? 9 : 1));
    });
  }

  get pid(): number | undefined {
    return this.#hasSpawned ? this.#child.pid : undefined;
  }
  get stderr() {
    return this.#child.stderr;
  }
  get stdout() {
    return this.#child.stdout;
  }

  postMessage(data: unknown, transfer: readonly StandInPort[] = []): void {
    const portIds = transfer.map((port) => {
      this.#lastPort += 1;
      const portId = this.#lastPort;
      this.#ports.set(portId, port);
      return portId;
    });
    this.#send({ kind: 'message', data, portIds });
    // An end that cannot arrive is closed.
    if (!this.#child.connected) for (const port of transfer) port.close();
    transfer.forEach((port, index) => {
      const portId = portIds[index] ?? 0;
      port.handTo((sent) =>
        this.#send(
          sent.type === 'close' ? { kind: 'port-close', portId } : { kind: 'port-message', portId, data: sent.data },
        ),
      );
    });
  }

  kill(): boolean {
    return this.#child.kill('SIGTERM');
  }

  #send(message: ToUtility): void {
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }
}

export const utilityProcess = {
  fork: (modulePath: string, args: string[] = [], { stdio = 'inherit', serviceName = '' }: ForkOptions = {}) => {
    if (!isReady) throw new Error('utilityProcess cannot be created before app is ready.');
    const wanted: StdioOptions =
      typeof stdio === 'string' ? ['ignore', 'inherit', 'inherit', 'ipc'] : [...stdio, 'ipc'];
    const child = fork(childModule, [modulePath, ...args], { serialization: 'advanced', stdio: wanted, execArgv: [] });
    const utility = new StandInUtility(child);
    running.set(utility, serviceName);
    report('utility.fork', { serviceName, modulePath });
    return utility;
  },
};

onCommand('processes', () => [...running].map(([{ pid }, serviceName]) => ({ pid, serviceName })));
