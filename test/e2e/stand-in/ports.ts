/** Channels as Electron's main has them: an end stays here, or is handed to a process or a page and lives there. */
import { EventEmitter } from 'node:events';
import type { MessagePortMain } from 'electron';

type Sent = Readonly<{ type: 'message'; data: unknown } | { type: 'close' }>;

export class StandInPort extends EventEmitter implements Pick<MessagePortMain, 'postMessage' | 'start' | 'close'> {
  #peer: StandInPort | null = null;
  #waiting: Sent[] = [];
  #sink: ((sent: Sent) => void) | null = null;
  #isClosed = false;

  static pair(): [StandInPort, StandInPort] {
    const [one, two] = [new StandInPort(), new StandInPort()];
    one.#peer = two;
    two.#peer = one;
    return [one, two];
  }

  postMessage(message: unknown): void {
    // What cannot be cloned cannot be sent, here as there.
    this.#peer?.receive({ type: 'message', data: structuredClone(message) });
  }

  start(): void {
    this.handTo((sent) => {
      if (sent.type === 'message') this.emit('message', { data: sent.data, ports: [] });
      else this.emit('close');
    });
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#peer?.receive({ type: 'close' });
  }

  /** From now on this end lives elsewhere: what comes goes there, what waited first. */
  handTo(sink: (sent: Sent) => void): void {
    this.#sink = sink;
    for (const sent of this.#waiting.splice(0)) sink(sent);
  }

  receive(sent: Sent): void {
    if (this.#isClosed) return;
    if (this.#sink === null) this.#waiting.push(sent);
    else this.#sink(sent);
  }
}
