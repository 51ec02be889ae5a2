/**
 * What the built program gets for `electron`. Typed against Electron's own declarations where it is used, so that it
 * cannot drift from them; says to the test what was asked of it. Isolated worlds, Chromium's sandbox, fuses and asar
 * are not stood in for.
 */
import { EventEmitter } from 'node:events';
import type {
  App,
  Dialog,
  MenuItemConstructorOptions,
  Menu as ElectronMenu,
  PowerSaveBlocker,
  Session,
  Shell,
} from 'electron';
import { appEvents, BrowserWindow, closeBrowser } from './browser-window.ts';
import { onCommand, report } from './control.ts';
import { ipcMain } from './ipc-main.ts';
import { StandInPort } from './ports.ts';
import { protocol } from './protocol.ts';
import { allowForks, utilityProcess } from './utility-process.ts';

export { BrowserWindow, ipcMain, protocol, utilityProcess };

const ready = Promise.withResolvers<void>();
let isQuitting = false;

/** Called once the program's entry module has been evaluated: before that Electron is not ready either. */
export function becomeReady(): void {
  allowForks();
  ready.resolve();
}

async function leave(code: number): Promise<void> {
  await closeBrowser();
  process.exit(code);
}

export const app = Object.assign(appEvents, {
  isPackaged: false,
  whenReady: () => ready.promise,
  requestSingleInstanceLock: () => process.env['STAND_IN_SECOND'] === undefined,
  getPath: () => process.env['STAND_IN_USER_DATA'] ?? '',
  addRecentDocument: (path: string) => report('app.addRecentDocument', path),
  clearRecentDocuments: () => report('app.clearRecentDocuments'),
  quit: () => {
    let isPrevented = false;
    appEvents.emit('before-quit', { preventDefault: () => (isPrevented = true) });
    if (isPrevented || isQuitting) return;
    isQuitting = true;
    for (const window of BrowserWindow.getAllWindows()) window.close();
    if (BrowserWindow.getAllWindows().length > 0) {
      isQuitting = false;
      return;
    }
    appEvents.emit('will-quit', {});
    report('app.quit');
    void leave(0);
  },
  exit: (code = 0) => void leave(code),
}) satisfies EventEmitter &
  Pick<
    App,
    | 'addRecentDocument'
    | 'clearRecentDocuments'
    | 'exit'
    | 'getPath'
    | 'isPackaged'
    | 'quit'
    | 'requestSingleInstanceLock'
    | 'whenReady'
  >;

export class MessageChannelMain {
  readonly port1: StandInPort;
  readonly port2: StandInPort;
  constructor() {
    [this.port1, this.port2] = StandInPort.pair();
  }
}

// ---- menus
let menu: readonly MenuItemConstructorOptions[] = [];

type PlainItem = Readonly<{ label: string; accelerator: string | null; submenu: readonly PlainItem[] }>;
const itemsOf = ({ submenu }: MenuItemConstructorOptions): readonly MenuItemConstructorOptions[] =>
  Array.isArray(submenu) ? submenu : [];
const plain = (items: readonly MenuItemConstructorOptions[]): PlainItem[] =>
  items.map((item) => ({
    label: item.label ?? item.role ?? item.type ?? '',
    accelerator: typeof item.accelerator === 'string' ? item.accelerator : null,
    submenu: plain(itemsOf(item)),
  }));

export const Menu = {
  buildFromTemplate: (template: MenuItemConstructorOptions[]) => template as unknown as ElectronMenu,
  setApplicationMenu: (built: ElectronMenu | null) => {
    menu = built as unknown as MenuItemConstructorOptions[];
    report('menu.set', plain(menu));
  },
} satisfies Pick<typeof ElectronMenu, 'buildFromTemplate' | 'setApplicationMenu'>;

onCommand('click-menu', ({ path }) => {
  let items = menu;
  let found: MenuItemConstructorOptions | undefined;
  for (const label of path) {
    found = items.find((item) => (item.label ?? item.role)?.replace('&', '') === label);
    if (found === undefined) throw new Error(`no menu item ${label}`);
    items = itemsOf(found);
  }
  (found?.click as (() => void) | undefined)?.();
});

// ---- dialogs
type Answer = Readonly<{ response?: number; filePaths?: readonly string[] }>;
const answers: Answer[] = [];
const askers: ((answer: Answer) => void)[] = [];
onCommand('answer-dialog', (answer) => {
  const asker = askers.shift();
  if (asker === undefined) answers.push(answer);
  else asker(answer);
});

/** Waits for the test's answer, as a person would be waited for. */
function ask(kind: string, given: readonly unknown[]): Promise<Answer> {
  report(`dialog.${kind}`, given.at(-1));
  const answer = answers.shift();
  return answer === undefined ? new Promise((resolve) => askers.push(resolve)) : Promise.resolve(answer);
}

export const dialog = {
  showOpenDialog: async (...given: unknown[]) => {
    const { filePaths } = await ask('open', given);
    return { canceled: filePaths === undefined, filePaths: [...(filePaths ?? [])] };
  },
  showMessageBox: async (...given: unknown[]) => {
    const { response = 0 } = await ask('message', given);
    return { response, checkboxChecked: false };
  },
} satisfies Pick<Dialog, 'showMessageBox' | 'showOpenDialog'>;

// ---- the rest of the desktop
export const shell = {
  openExternal: (address: string) => {
    report('shell.openExternal', address);
    return Promise.resolve();
  },
  openPath: (path: string) => {
    report('shell.openPath', path);
    return Promise.resolve('');
  },
} satisfies Pick<Shell, 'openExternal' | 'openPath'>;

const screens = JSON.parse(process.env['STAND_IN_SCREENS'] ?? '[[0,0,1920,1080]]') as [
  number,
  number,
  number,
  number,
][];
const displays = screens.map(([x, y, width, height], id) => ({ id, workArea: { x, y, width, height } }));
export const screen = { getPrimaryDisplay: () => displays[0], getAllDisplays: () => displays };

type Guards = Pick<Session, 'setDevicePermissionHandler' | 'setPermissionCheckHandler' | 'setPermissionRequestHandler'>;
const defaultSession: Guards = {
  setPermissionRequestHandler: (handler) => {
    const asked = (permission: 'media' | 'clipboard-sanitized-write' | 'geolocation', address: string): boolean => {
      let allowed = false;
      const contents = { getURL: () => address } as Parameters<NonNullable<typeof handler>>[0];
      handler?.(contents, permission, (answer) => (allowed = answer), { isMainFrame: true, requestingUrl: address });
      return allowed;
    };
    const own = 'penumbra://app/index.html';
    report('session.permissions', {
      media: asked('media', own),
      geolocation: asked('geolocation', own),
      clipboard: asked('clipboard-sanitized-write', own),
      foreignClipboard: asked('clipboard-sanitized-write', 'https://evil.example/'),
    });
  },
  setPermissionCheckHandler: () => undefined,
  setDevicePermissionHandler: () => undefined,
};
export const session = { defaultSession };

let blockers = 0;
export const powerSaveBlocker = {
  start: (type: 'prevent-app-suspension' | 'prevent-display-sleep') => {
    blockers += 1;
    report('power.start', type);
    return blockers;
  },
  stop: (id: number) => {
    report('power.stop', id);
    return true;
  },
} satisfies Pick<PowerSaveBlocker, 'start' | 'stop'>;

export class Notification extends EventEmitter {
  readonly #options: unknown;
  constructor(options: Electron.NotificationConstructorOptions) {
    super();
    this.#options = options;
  }
  static isSupported(): boolean {
    return true;
  }
  show(): void {
    report('notification.show', this.#options);
    onCommand('click-notification', () => this.emit('click'));
  }
}

onCommand('second-instance', ({ argv, folder }) => appEvents.emit('second-instance', {}, argv, folder));
onCommand('quit', () => app.quit());
// The test is gone: nobody is left to end Chromium.
process.on('disconnect', () => void leave(1));
