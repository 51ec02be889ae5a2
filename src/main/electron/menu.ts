/** The program's menus. What an item does to the page is a command to it; the rest are the system's own roles. */
import type { MenuItemConstructorOptions } from 'electron';
import type { MenuCommand } from '../../shared/bridge.ts';

export type MenuActions = Readonly<{
  send: (command: MenuCommand) => void;
  /** Asks for a path with the system's dialog, then opens it. */
  chooseDataset: () => void;
  choosePackedRun: () => void;
  chooseCheckpoint: () => void;
  openRecent: (path: string) => void;
  clearRecent: () => void;
  openOutside: (address: string) => void;
  openGuide: () => void;
}>;

export type MenuState = Readonly<{ isMac: boolean; recent: readonly string[]; hasGuide: boolean }>;

export function menuTemplate(
  { isMac, recent, hasGuide }: MenuState,
  actions: MenuActions,
): MenuItemConstructorOptions[] {
  const { send, openRecent, clearRecent } = actions;
  const go = (hash: string) => (): void => send({ kind: 'go', hash });
  const recentItems: MenuItemConstructorOptions[] =
    recent.length === 0
      ? [{ label: 'None yet', enabled: false }]
      : [
          ...recent.map((path) => ({ label: path, click: () => openRecent(path) })),
          { type: 'separator' as const },
          { label: 'Clear the list', click: clearRecent },
        ];
  return [
    ...(isMac ? [{ role: 'appMenu' as const }] : []),
    {
      label: '&File',
      submenu: [
        { label: 'New run', accelerator: 'CmdOrCtrl+N', click: go('#/new-run') },
        { type: 'separator' },
        { label: 'Open dataset…', accelerator: 'CmdOrCtrl+O', click: actions.chooseDataset },
        { label: 'Open recent', submenu: recentItems },
        { label: 'Open packed run…', accelerator: 'CmdOrCtrl+Shift+O', click: actions.choosePackedRun },
        { label: 'Import model…', accelerator: 'CmdOrCtrl+I', click: actions.chooseCheckpoint },
        { type: 'separator' },
        { label: 'Export…', accelerator: 'CmdOrCtrl+E', click: () => send({ kind: 'export' }) },
        { type: 'separator' },
        isMac ? { role: 'close' } : { role: 'quit' },
      ],
    },
    { role: 'editMenu' },
    {
      label: '&View',
      submenu: [
        { label: 'Runs', accelerator: 'CmdOrCtrl+1', click: go('#/runs') },
        { label: 'Compare', accelerator: 'CmdOrCtrl+2', click: go('#/compare') },
        { label: 'Datasets', accelerator: 'CmdOrCtrl+3', click: go('#/datasets') },
        { label: 'Models', accelerator: 'CmdOrCtrl+4', click: go('#/models') },
        { type: 'separator' },
        { role: 'reload' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
        { role: 'toggleDevTools' },
      ],
    },
    { role: 'windowMenu' },
    {
      role: 'help',
      submenu: [
        ...(hasGuide ? [{ label: 'Guide', click: actions.openGuide }] : []),
        { label: 'Keys', accelerator: 'F1', click: () => send({ kind: 'keys' }) },
        { label: 'Check this machine', click: () => send({ kind: 'check-machine' }) },
        { type: 'separator' },
        { label: 'Paper of the method (IVT-LR)', click: () => actions.openOutside('https://arxiv.org/abs/2510.12603') },
      ],
    },
  ];
}
