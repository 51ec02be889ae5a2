/**
 * Signals as a person means them. The first SIGINT, SIGTERM or SIGHUP asks the command to stop in good order, a
 * second SIGINT to stop at once. npm and the launcher pass a terminal's Ctrl+C on although this process has
 * received it already, so a repetition within a moment is the same Ctrl+C.
 */
export type InterruptLevel = 'stop' | 'stop-now';

export type Interrupts = Readonly<{
  /** Replaces the handler; a command that handles none is ended with exit code 130. */
  handle: (handler: (level: InterruptLevel) => void) => void;
  /** The command is on its way out with its exit code: only a repeated SIGINT makes it leave at once. */
  leave: () => void;
}>;

/** Repetitions of a signal within this time are one signal. */
const sameSignalMs = 400;
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const;

export function listenForInterrupts(byDefault: (level: InterruptLevel) => void): Interrupts {
  let handler = byDefault;
  let firstAt: number | null = null;
  const receive = (signal: NodeJS.Signals): void => {
    const now = performance.now();
    if (firstAt === null) {
      firstAt = now;
      handler('stop');
    } else if (now - firstAt > sameSignalMs && signal === 'SIGINT') {
      handler('stop-now');
    }
  };
  for (const signal of signals) process.on(signal, receive);
  return {
    handle: (next) => (handler = next),
    leave: () => {
      handler = (level) => {
        if (level === 'stop-now') process.exit();
      };
    },
  };
}

/** A signal that aborts at the first interrupt; for commands that are simply cancelled. */
export function abortOnInterrupt(interrupts: Interrupts): AbortSignal {
  const controller = new AbortController();
  interrupts.handle(() => controller.abort());
  return controller.signal;
}
