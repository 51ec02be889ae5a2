/**
 * Ends the program in good order: asks first while runs are at work, pauses them, lets the core close its store. A
 * signal does not ask. Whoever keeps the runs going without a window quits with the last of them.
 */
import { app, type BrowserWindow } from 'electron';
import type { Work } from '../core/process-messages.ts';
import type { CoreHost } from './core-host.ts';
import { askBeforeQuitting } from './dialogs.ts';

/** How long a batch in flight may take; after that the run shows as interrupted, and can be resumed as well. */
const pauseLimitMs = 30_000;

export type Quitting = Readonly<{ show: (work: Work) => void }>;

export function guardQuitting(core: CoreHost, currentWindow: () => BrowserWindow | null): Quitting {
  let work: Work = { runCount: 0, fraction: null, label: '' };
  let state: 'running' | 'asking' | 'without window' | 'leaving' | 'left' = 'running';

  const leave = async (): Promise<void> => {
    if (state === 'leaving' || state === 'left') return;
    state = 'leaving';
    await core.close(pauseLimitMs);
    state = 'left';
    app.quit();
  };
  const isAsking = (): boolean => state === 'asking';
  const ask = async (): Promise<void> => {
    state = 'asking';
    const answer = await askBeforeQuitting(currentWindow(), work.runCount, work.label);
    // A signal does not wait for the answer.
    if (!isAsking()) return;
    // What was to be kept running may have ended meanwhile.
    if (answer === 'pause' || (answer === 'keep' && work.runCount === 0)) return leave();
    state = answer === 'keep' ? 'without window' : 'running';
    if (answer === 'keep') currentWindow()?.hide();
  };

  app.on('before-quit', (event) => {
    if (state === 'left') return;
    event.preventDefault();
    if (state === 'running' && work.runCount > 0) void ask();
    else if (state === 'running' || state === 'without window') void leave();
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void leave());
  // A second start of the program brings the window back.
  app.on('second-instance', () => {
    if (state === 'without window') state = 'running';
  });
  return {
    show: (next) => {
      work = next;
      if (state === 'without window' && work.runCount === 0) void leave();
    },
  };
}
