/** The window: where it was the last time, shown once there is something to see, and reloaded when its page dies. */
import { join } from 'node:path';
import { app, BrowserWindow, screen, type Rectangle } from 'electron';
import { programFiles } from '../core/program-files.ts';
import { startAddress } from './addresses.ts';
import { askToTryAgain } from './dialogs.ts';
import { webPreferences } from './security.ts';
import { fitBounds, readBounds, smallest, writeBounds } from './window-bounds.ts';

/** A page that dies twice within this time is not simply loaded again. */
const reloadPauseMs = 30_000;

/** Opens the window. @param preload path of the built preload script */
export async function openMainWindow(preload: string): Promise<BrowserWindow> {
  const file = join(app.getPath('userData'), 'window.json');
  const { maximised, ...bounds } = fitBounds(await readBounds(file), workAreas());
  const window = new BrowserWindow({
    ...bounds,
    minWidth: smallest.width,
    minHeight: smallest.height,
    show: false,
    title: 'Penumbra',
    // Elsewhere the program's own file carries it.
    ...(process.platform === 'linux' ? { icon: join(programFiles.root, 'resources', 'icons', '512x512.png') } : {}),
    webPreferences: webPreferences(preload),
  });
  if (maximised) window.maximize();
  window.once('ready-to-show', () => window.show());
  // Nobody waits for it: where the window was is not worth holding up its end.
  window.on('close', () => {
    void writeBounds(file, { ...window.getNormalBounds(), maximised: window.isMaximized() }).catch(() => undefined);
  });
  reloadWhenGone(window);
  await window.loadURL(startAddress);
  return window;
}

function workAreas(): [Rectangle, ...Rectangle[]] {
  const main = screen.getPrimaryDisplay();
  const others = screen.getAllDisplays().filter(({ id }) => id !== main.id);
  return [main.workArea, ...others.map(({ workArea }) => workArea)];
}

function reloadWhenGone(window: BrowserWindow): void {
  let lastAt = Number.NEGATIVE_INFINITY;
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return;
    const now = performance.now();
    const isRepeated = now - lastAt < reloadPauseMs;
    lastAt = now;
    if (!isRepeated) return window.reload();
    void askToTryAgain('The window stopped working.', `Its page ended (${reason}). Runs go on.`).then((again) =>
      again ? window.reload() : window.close(),
    );
  });
}
