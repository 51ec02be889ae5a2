/**
 * What Electron's main and the core's process say to each other. The API itself does not pass through main: each
 * window has a port of its own to the core, and so has each engine.
 */
import type { EngineExit } from '../runs/engine-host.ts';
import type { ServedResource } from './resources.ts';

export type ToCore =
  /** The API for a window, over the port that comes along. */
  | Readonly<{ kind: 'window' }>
  /** An image or a download, for the windows' own protocol. */
  | Readonly<{ kind: 'resource'; requestId: number; address: string; ifNoneMatch: string | null }>
  /** The engine has been started; its port comes along. */
  | Readonly<{ kind: 'engine-started'; engineId: number; pid: number | null }>
  | Readonly<{ kind: 'engine-exited'; engineId: number; exit: EngineExit }>
  /** Pause what runs, close the store, leave. */
  | Readonly<{ kind: 'close' }>;

/** The runs that the core's process works on. */
export type Work = Readonly<{
  runCount: number;
  /** Of the one at work, 0 to 1; null while unknown. */
  fraction: number | null;
  /** For people: `Demo, 12 of 48`. */
  label: string;
}>;

export type FromCore =
  | Readonly<{ kind: 'ready' }>
  | Readonly<{ kind: 'resource'; requestId: number; resource: ServedResource | null }>
  | Readonly<{ kind: 'start-engine'; engineId: number }>
  | Readonly<{ kind: 'kill-engine'; engineId: number }>
  | Readonly<{ kind: 'work'; work: Work }>
  | Readonly<{ kind: 'run-ended'; runId: string; title: string; text: string }>
  | Readonly<{ kind: 'closed' }>;
