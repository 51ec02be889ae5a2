/** The inside of a stand-in utility process: gives it `process.parentPort`, then runs its module. */
import { EventEmitter } from 'node:events';
import { pathToFileURL } from 'node:url';
import type { FromUtility, ToUtility } from './utility-messages.ts';

const send = (message: FromUtility): void => void process.send?.(message);

class ChildPort extends EventEmitter {
  readonly #portId: number;
  #waiting: unknown[] | null = [];

  constructor(portId: number) {
    super();
    this.#portId = portId;
  }

  postMessage(data: unknown): void {
    send({ kind: 'port-message', portId: this.#portId, data });
  }

  start(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    for (const data of waiting) this.emit('message', { data, ports: [] });
  }

  close(): void {
    send({ kind: 'port-close', portId: this.#portId });
  }

  receive(data: unknown): void {
    if (this.#waiting === null) this.emit('message', { data, ports: [] });
    else this.#waiting.push(data);
  }
}

/** Messages wait until somebody listens. */
class ParentPort extends EventEmitter {
  #waiting: unknown[] = [];

  postMessage(data: unknown): void {
    send({ kind: 'message', data });
  }

  override on(event: string, listener: (...values: unknown[]) => void): this {
    super.on(event, listener);
    if (event === 'message') for (const message of this.#waiting.splice(0)) listener(message);
    return this;
  }

  receive(message: unknown): void {
    if (!this.emit('message', message)) this.#waiting.push(message);
  }
}

const ports = new Map<number, ChildPort>();
const parentPort = new ParentPort();
Object.defineProperty(process, 'parentPort', { value: parentPort });

process.on('message', (message: ToUtility) => {
  if (message.kind === 'message') {
    const handed = message.portIds.map((portId) => {
      const port = new ChildPort(portId);
      ports.set(portId, port);
      return port;
    });
    parentPort.receive({ data: message.data, ports: handed });
  } else if (message.kind === 'port-message') ports.get(message.portId)?.receive(message.data);
  else ports.get(message.portId)?.emit('close');
});
// Chromium ends such a process with the program.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));

const [modulePath = '', ...args] = process.argv.slice(2);
process.argv = [process.execPath, modulePath, ...args];
await import(pathToFileURL(modulePath).href);
