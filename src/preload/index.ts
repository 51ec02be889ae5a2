/**
 * The bridge, nothing else: what src/shared/bridge.ts names, in a sandboxed, isolated context. Every message it sends
 * is checked by main; the page gets no other way to Electron.
 */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { MenuCommand, WindowBridge } from '../shared/bridge.ts';
import { corePortMessage, ipcChannels } from '../shared/ipc-channels.ts';

const listeners: ((command: MenuCommand) => void)[] = [];
ipcRenderer.on(ipcChannels.menu, (_event, command: MenuCommand) => {
  for (const listener of listeners) listener(command);
});
// Ports cannot pass through the context bridge; a message of the page's own window carries them.
ipcRenderer.on(ipcChannels.corePort, ({ ports }) => {
  window.postMessage(corePortMessage, window.location.origin, [...ports]);
});

const bridge: WindowBridge = {
  pathForFile: (file) => webUtils.getPathForFile(file as File),
  pickPath: ({ title, kind }) => ipcRenderer.invoke(ipcChannels.pickPath, { title, kind }) as Promise<string | null>,
  rememberDataset: (path) => ipcRenderer.send(ipcChannels.rememberDataset, path),
  onMenu: (listener) => {
    listeners.push(listener);
    ipcRenderer.send(ipcChannels.menuReady);
  },
  requestCore: () => ipcRenderer.send(ipcChannels.requestCore),
};

contextBridge.exposeInMainWorld('penumbra', bridge);
