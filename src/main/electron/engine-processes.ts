/** Starts engine processes for the core: each is a utility process with a channel of its own to the core. */
import { MessageChannelMain, utilityProcess, type MessagePortMain, type UtilityProcess } from 'electron';
import { yieldToPages } from '../core/process-priority.ts';
import type { ToCore } from '../core/process-messages.ts';
import { endProcess } from './end-process.ts';

/** Bytes of standard error kept to explain an exit. */
const errorTailBytes = 4096;
/** How SIGKILL shows as an exit code: the raw status, or a shell's way to put it. */
const killedCodes: ReadonlySet<number> = new Set([9, 137]);

export type EngineProcesses = Readonly<{
  start: (engineId: number) => void;
  kill: (engineId: number) => void;
  /** Ends all of them: their core is gone. */
  killAll: () => void;
}>;

/** @param tellCore sends a message to the core that asked, with ports */
export function createEngineProcesses(
  entry: string,
  tellCore: (message: ToCore, ports: MessagePortMain[]) => void,
): EngineProcesses {
  const engines = new Map<number, UtilityProcess>();

  const start = (engineId: number): void => {
    const child = utilityProcess.fork(entry, [], {
      serviceName: 'Penumbra engine',
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    engines.set(engineId, child);
    child.once('spawn', () => {
      if (child.pid !== undefined) yieldToPages(child.pid);
    });
    let errorTail = '';
    const note = (text: string): void => {
      errorTail = (errorTail + text).slice(-errorTailBytes);
    };
    child.stderr?.setEncoding('utf8');
    child.stderr?.on('data', (text: string) => note(text));
    // V8's own end (its heap is full) comes with a report before the exit.
    child.on('error', (type, location) => note(`${type}: ${location}\n`));
    child.once('exit', (code) => {
      engines.delete(engineId);
      const signal = process.platform !== 'win32' && killedCodes.has(code) ? 'SIGKILL' : null;
      tellCore({ kind: 'engine-exited', engineId, exit: { code, signal, errorTail: errorTail.trim() } }, []);
    });
    const { port1, port2 } = new MessageChannelMain();
    child.postMessage({}, [port1]);
    tellCore({ kind: 'engine-started', engineId, pid: child.pid ?? null }, [port2]);
  };

  const kill = (engineId: number): void => {
    const child = engines.get(engineId);
    if (child !== undefined) endProcess(child);
  };

  return { start, kill, killAll: () => [...engines.keys()].forEach(kill) };
}
