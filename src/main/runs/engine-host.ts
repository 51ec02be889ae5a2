/**
 * Who starts engine processes. `runs` only knows this interface: the default forks a Node process; Electron's
 * main can hand out utility processes through it. The child must end by itself once its channel closes.
 */
import { fork } from 'node:child_process';
import type { EngineReply, EngineRequest } from '../engine/protocol.ts';

export type EngineExit = Readonly<{
  code: number | null;
  signal: string | null;
  /** The last lines that the process wrote to standard error. */
  errorTail: string;
}>;

/** One engine process and the channel to it. */
export type EngineChannel = Readonly<{
  pid: number | undefined;
  send: (request: EngineRequest) => void;
  onReply: (listener: (reply: EngineReply) => void) => void;
  /** Called once, when the process is gone. */
  onExit: (listener: (exit: EngineExit) => void) => void;
  /** Ends the process at once, whatever it is doing. */
  kill: () => void;
  /** Closes the channel; the process then exits on its own. */
  disconnect: () => void;
}>;

export type EngineHost = Readonly<{ start: () => EngineChannel }>;

export type ForkOptions = Readonly<{
  /** Path of the engine's entry module. */
  entry: string;
  env?: NodeJS.ProcessEnv;
  /** Called right after a process was started. */
  onStart?: (pid: number) => void;
}>;

/** An engine host that forks `entry` with a clean `execArgv` and messages by structured clone. */
export function createForkEngineHost(options: ForkOptions): EngineHost {
  return { start: () => startFork(options) };
}

/** Bytes of standard error kept to explain an exit. */
const errorTailBytes = 4096;

/** How long an ended process's standard error may still be read. */
const lastWordsMs = 500;

function startFork({ entry, env, onStart }: ForkOptions): EngineChannel {
  // Standard output belongs to the faces (`--json` prints one document there), so the child never gets it.
  const child = fork(entry, [], {
    serialization: 'advanced',
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    ...(env === undefined ? {} : { env }),
  });
  if (child.pid !== undefined) onStart?.(child.pid);
  let errorTail = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errorTail = (errorTail + text).slice(-errorTailBytes);
    // Otherwise unseen: a runtime's warnings would tear a progress bar apart.
    if (process.env['PENUMBRA_DEBUG'] !== undefined) process.stderr.write(text);
  });
  const exitListeners: ((exit: EngineExit) => void)[] = [];
  let exit: EngineExit | null = null;
  const finish = (code: number | null, signal: string | null): void => {
    if (exit !== null) return;
    exit = { code, signal, errorTail: errorTail.trim() };
    for (const listener of exitListeners) listener(exit);
  };
  // Not `close`: it never comes after a `disconnect` from this side. Standard error may end a little later.
  child.on('exit', (code, signal) => {
    const timer = setTimeout(() => finish(code, signal), lastWordsMs);
    const end = (): void => {
      clearTimeout(timer);
      finish(code, signal);
    };
    if (child.stderr === null || child.stderr.closed) end();
    else child.stderr.once('close', end);
  });
  // `error` without a process: it never started.
  child.on('error', (error) => {
    errorTail += error.message;
    if (child.pid === undefined) finish(null, null);
  });
  return {
    pid: child.pid,
    // A channel that closed meanwhile reports through `onExit`; the failed write itself is of no interest.
    send: (request) => void child.send(request, () => undefined),
    onReply: (listener) => void child.on('message', (message) => listener(message as EngineReply)),
    onExit: (listener) => {
      if (exit === null) exitListeners.push(listener);
      else listener(exit);
    },
    kill: () => void child.kill('SIGKILL'),
    disconnect: () => {
      if (child.connected) child.disconnect();
    },
  };
}
