/** Starts the desktop app: one program for a user, one window, the core in a process of its own. */
import { join } from 'node:path';
import { app, Menu, protocol, session, shell, type BrowserWindow, type WebContents } from 'electron';
import type { MenuCommand, PickKind } from '../../shared/bridge.ts';
import { ipcChannels } from '../../shared/ipc-channels.ts';
import { openPageFiles } from '../core/page-files.ts';
import { programFiles } from '../core/program-files.ts';
import { appScheme, mayOpenOutside } from './addresses.ts';
import { createCoreHost } from './core-host.ts';
import { askToTryAgain, pickPath } from './dialogs.ts';
import { findGuide } from './guide.ts';
import { openMainWindow } from './main-window.ts';
import { menuTemplate } from './menu.ts';
import { answerPage } from './page-protocol.ts';
import { commandFor, readArguments } from './program-arguments.ts';
import { guardQuitting } from './quitting.ts';
import { openRecentDatasets } from './recent-datasets.ts';
import { guardContents, guardSession } from './security.ts';
import { listenToWindows } from './window-messages.ts';
import { createWorkSigns } from './work-signs.ts';

/** Crashes of the core within this time that are not simply followed by a new start. */
const crashLimit = 3;
const crashWindowMs = 60_000;

const dist = join(programFiles.root, 'dist');
/** How Electron runs a checkout: by its folder, or by the main script in it. */
const program = [programFiles.root, join(dist, 'main', 'index.js')];

/** Called before Electron is ready: the scheme and the guards must be there first. */
export function start(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: appScheme,
      privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true },
    },
  ]);
  guardContents();
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  // Not awaited at the top level: Electron is not ready before its entry module has been evaluated.
  void app.whenReady().then(open).catch(giveUp);
}

async function open(): Promise<void> {
  const given = readArguments(process.argv.slice(1), process.cwd(), program);
  let window: BrowserWindow | null = null;
  let menuReader: WebContents | null = null;
  let waiting: MenuCommand[] = [];

  const send = (command: MenuCommand): void => {
    if (menuReader === null || menuReader.isDestroyed()) waiting.push(command);
    else menuReader.send(ipcChannels.menu, command);
  };
  const openPath = async (path: string): Promise<void> => {
    const command = await commandFor(path);
    if (command !== null) send(command);
  };
  const currentWindow = (): BrowserWindow | null => window;
  const focus = (): void => {
    if (window?.isMinimized() === true) window.restore();
    window?.show();
    window?.focus();
  };

  guardSession(session.defaultSession);
  const [findFile, recent] = await Promise.all([
    openPageFiles(programFiles.renderer),
    openRecentDatasets(join(app.getPath('userData'), 'recent-datasets.json')),
  ]);
  const signs = createWorkSigns(currentWindow, (runId) => {
    focus();
    send({ kind: 'go', hash: `#/runs/${encodeURIComponent(runId)}` });
  });
  const core = createCoreHost({
    entry: join(dist, 'main', 'core-process.js'),
    engineEntry: join(dist, 'main', 'engine-entry.js'),
    storePath: given.storePath,
    onWork: (work) => {
      signs.show(work);
      quitting.show(work);
    },
    onRunEnded: (run) => signs.announce(run),
    onCrash: createCrashPolicy(),
  });
  const quitting = guardQuitting(core, currentWindow);
  protocol.handle(appScheme, (request) => answerPage({ findFile, readResource: core.readResource }, request));

  const guide = findGuide(programFiles.root);
  const showMenu = (): void => {
    const template = menuTemplate(
      { isMac: process.platform === 'darwin', recent: recent.list(), hasGuide: guide !== null },
      {
        send,
        chooseDataset: () => void choose('Open dataset', 'dataset', 'open-dataset'),
        choosePackedRun: () => void choose('Open packed run', 'file', 'open-packed-run'),
        chooseCheckpoint: () => void choose('Import model', 'checkpoint', 'import-model'),
        openRecent: (path) => void openPath(path),
        clearRecent: () => {
          app.clearRecentDocuments();
          void recent.clear().then(showMenu);
        },
        openOutside: (address) => {
          if (mayOpenOutside(address)) void shell.openExternal(address);
        },
        openGuide: () => {
          if (guide !== null) void shell.openPath(guide);
        },
      },
    );
    Menu.setApplicationMenu(Menu.buildFromTemplate(template));
  };
  type PathCommand = Extract<MenuCommand, { path: string }>['kind'];
  const choose = async (title: string, picked: PickKind, kind: PathCommand): Promise<void> => {
    const path = await pickPath(window, title, picked);
    if (path !== null) send({ kind, path });
  };

  listenToWindows({
    core,
    recent,
    onRecent: showMenu,
    onMenuReady: (contents) => {
      menuReader = contents;
      const commands = waiting;
      waiting = [];
      for (const command of commands) send(command);
    },
  });
  app.on('second-instance', (_event, argv, folder) => {
    focus();
    const { paths } = readArguments(argv.slice(1), folder, program);
    for (const path of paths) void openPath(path);
  });
  app.on('open-file', (event, path) => {
    event.preventDefault();
    void openPath(path);
  });
  app.on('window-all-closed', () => app.quit());
  for (const path of given.paths) void openPath(path);
  showMenu();

  window = await openMainWindow(join(dist, 'preload', 'index.cjs'));
  window.on('close', (event) => {
    // Asked while there is a window to ask in; the window goes when the program does.
    if (core.isClosed()) return;
    event.preventDefault();
    app.quit();
  });
  window.webContents.on('did-start-navigation', ({ isSameDocument, isMainFrame }) => {
    if (isMainFrame && !isSameDocument) menuReader = null;
  });
}

/** Starts the core again at once, unless it has just done so over and over. */
function createCrashPolicy(): (code: number) => Promise<boolean> {
  let crashes: number[] = [];
  return async (code) => {
    const now = performance.now();
    crashes = [...crashes.filter((at) => now - at < crashWindowMs), now];
    if (crashes.length < crashLimit) return true;
    crashes = [];
    const again = await askToTryAgain(
      'The core of Penumbra stopped working.',
      `It ended ${String(crashLimit)} times in a row (exit code ${String(code)}). Runs are in the store and can be resumed.`,
    );
    if (!again) app.exit(1);
    return again;
  };
}

function giveUp(error: unknown): void {
  process.stderr.write(`error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  app.exit(1);
}
