/** `ipcMain`: messages of the page's preload script, with the frame that sent them. */
import { EventEmitter } from 'node:events';
import type { IpcMain, IpcMainInvokeEvent } from 'electron';

type Handler = Parameters<IpcMain['handle']>[1];
const handlers = new Map<string, Handler>();

class StandInIpc extends EventEmitter {
  handle(name: string, handler: Handler): void {
    handlers.set(name, handler);
  }
}
export const ipcMain = new StandInIpc() satisfies Pick<IpcMain, 'emit' | 'handle'>;

type Sender = Readonly<{ getURL: () => string }>;

/** Hands a page's message over. Only the top frame has the preload script here, so it is the sender. */
export function handlePageMessage(
  sender: Sender,
  kind: 'send' | 'invoke' | 'message' | 'port-close',
  name: string,
  value: unknown,
): unknown {
  const event = { sender, senderFrame: { url: sender.getURL(), parent: null } };
  if (kind === 'invoke') return handlers.get(name)?.(event as IpcMainInvokeEvent, value);
  ipcMain.emit(name, event, value);
  return null;
}
