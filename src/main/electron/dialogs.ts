/** The system's dialogs: choosing a path, and the questions that the program has to ask. */
import { dialog, type BrowserWindow, type OpenDialogOptions } from 'electron';
import type { PickKind } from '../../shared/bridge.ts';

const propertiesOf = (kind: PickKind, platform: NodeJS.Platform): OpenDialogOptions['properties'] => {
  if (kind === 'file') return ['openFile'];
  // Only macOS has one dialog for both; elsewhere a data file is opened by dropping it or pasting its path.
  if (platform === 'darwin' && kind !== 'bundle') return ['openFile', 'openDirectory'];
  return ['openDirectory'];
};

/** Asks for a path of the kind; null when the user cancels. */
export async function pickPath(window: BrowserWindow | null, title: string, kind: PickKind): Promise<string | null> {
  const options: OpenDialogOptions = { title, properties: propertiesOf(kind, process.platform) ?? [] };
  const { canceled, filePaths } = await (window === null
    ? dialog.showOpenDialog(options)
    : dialog.showOpenDialog(window, options));
  return canceled ? null : (filePaths[0] ?? null);
}

export type QuitAnswer = 'pause' | 'keep' | 'cancel';

/** Asks what becomes of the runs at work. */
export async function askBeforeQuitting(
  window: BrowserWindow | null,
  runCount: number,
  label: string,
): Promise<QuitAnswer> {
  const answers = ['pause', 'keep', 'cancel'] as const;
  const options = {
    type: 'question' as const,
    message: runCount === 1 ? 'A run is going on.' : `${String(runCount)} runs are going on.`,
    detail: `${label}. Paused runs lose nothing and can be resumed at any time.`,
    buttons: ['Pause and quit', 'Keep running without a window', 'Cancel'],
    defaultId: 0,
    cancelId: 2,
    noLink: true,
  };
  const { response } = await (window === null
    ? dialog.showMessageBox(options)
    : dialog.showMessageBox(window, options));
  return answers[response] ?? 'cancel';
}

/** Something ended that should not have; true: try again. */
export async function askToTryAgain(message: string, detail: string): Promise<boolean> {
  const buttons = ['Try again', 'Quit'];
  const { response } = await dialog.showMessageBox({
    type: 'error',
    message,
    detail,
    buttons,
    defaultId: 0,
    cancelId: 1,
  });
  return response === 0;
}
