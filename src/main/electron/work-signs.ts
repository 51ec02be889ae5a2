/** Shows outside the window that runs are at work: the taskbar's bar, no sleep meanwhile, a note when one ends. */
import { Notification, powerSaveBlocker, type BrowserWindow } from 'electron';
import type { Work } from '../core/process-messages.ts';

export type WorkSigns = Readonly<{
  show: (work: Work) => void;
  announce: (run: Readonly<{ runId: string; title: string; text: string }>) => void;
}>;

/** Above 1 the bar shows work of unknown length, below 0 there is none. */
const bar = { unknown: 2, none: -1 };

export function createWorkSigns(
  currentWindow: () => BrowserWindow | null,
  openRun: (runId: string) => void,
): WorkSigns {
  let blocker: number | null = null;
  return {
    show: ({ runCount, fraction }) => {
      currentWindow()?.setProgressBar(runCount === 0 ? bar.none : (fraction ?? bar.unknown));
      if (runCount > 0) blocker ??= powerSaveBlocker.start('prevent-app-suspension');
      else if (blocker !== null) {
        powerSaveBlocker.stop(blocker);
        blocker = null;
      }
    },
    announce: ({ runId, title, text }) => {
      if (currentWindow()?.isFocused() === true || !Notification.isSupported()) return;
      const note = new Notification({ title, body: text });
      note.on('click', () => openRun(runId));
      note.show();
    },
  };
}
