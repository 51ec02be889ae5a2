/** What the window's preload script may ask of main: each message is checked for its sender and its content. */
import { app, BrowserWindow, ipcMain, type IpcMainEvent, type WebContents } from 'electron';
import { z } from 'zod';
import { pickKinds } from '../../shared/bridge.ts';
import { ipcChannels } from '../../shared/ipc-channels.ts';
import type { CoreHost } from './core-host.ts';
import { pickPath } from './dialogs.ts';
import type { RecentDatasets } from './recent-datasets.ts';
import { isOwnSender } from './security.ts';

const pickSchema = z.object({ title: z.string().max(200), kind: z.enum(pickKinds) });
const pathSchema = z.string().min(1).max(4096);

export type WindowMessageParts = Readonly<{
  core: CoreHost;
  recent: RecentDatasets;
  /** The list of recent datasets has changed. */
  onRecent: () => void;
  /** The page listens to menus from now on. */
  onMenuReady: (contents: WebContents) => void;
}>;

export function listenToWindows({ core, recent, onRecent, onMenuReady }: WindowMessageParts): void {
  const on = (channel: string, listener: (event: IpcMainEvent, value: unknown) => void): void => {
    ipcMain.on(channel, (event, value: unknown) => {
      if (isOwnSender(event)) listener(event, value);
    });
  };
  const sendPort = async (window: WebContents): Promise<void> => {
    const port = await core.openPort();
    if (window.isDestroyed()) port.close();
    else window.postMessage(ipcChannels.corePort, null, [port]);
  };
  on(ipcChannels.requestCore, ({ sender }) => void sendPort(sender));
  on(ipcChannels.menuReady, ({ sender }) => onMenuReady(sender));
  on(ipcChannels.rememberDataset, (_event, value) => {
    const path = pathSchema.safeParse(value);
    if (!path.success) return;
    app.addRecentDocument(path.data);
    void recent.add(path.data).then(onRecent);
  });
  ipcMain.handle(ipcChannels.pickPath, async (event, value: unknown) => {
    const request = pickSchema.safeParse(value);
    if (!isOwnSender(event) || !request.success) throw new Error('refused');
    const { title, kind } = request.data;
    return pickPath(BrowserWindow.fromWebContents(event.sender), title, kind);
  });
}
