/**
 * What Electron gives a sandboxed preload script, inside the page of a real browser. Runs as text, so it refers to
 * nothing outside itself. Isolated worlds are not stood in for.
 */
import type { PageMessage, PageWire } from './page-messages.ts';

export function installShim(runPreload: (require: (name: string) => unknown) => void): void {
  const { standIn } = window as unknown as PageWire;
  const listeners = new Map<string, ((event: unknown, ...values: unknown[]) => void)[]>();
  const ports = new Map<number, MessagePort>();
  // Electron tells a page's port that its other end has closed; Chromium alone does not. The ends that the page holds
  // come in the order in which they were handed over.
  const expected: number[] = [];
  const handed = new Map<number, MessagePort>();
  window.addEventListener('message', ({ ports: [port] }) => {
    const portId = port === undefined ? undefined : expected.shift();
    if (port !== undefined && portId !== undefined) handed.set(portId, port);
  });
  const decode = (data: PageMessage['data']): unknown =>
    data?.base64 === undefined ? data?.json : Uint8Array.from(atob(data.base64), (sign) => sign.charCodeAt(0));
  const encode = (data: unknown): PageMessage['data'] => {
    if (!(data instanceof ArrayBuffer || ArrayBuffer.isView(data))) return { json: data };
    const bytes =
      data instanceof ArrayBuffer
        ? new Uint8Array(data)
        : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return { base64: btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')) };
  };

  const receive = ({ kind, name = '', portId = 0, data }: PageMessage): void => {
    if (kind === 'port-message') ports.get(portId)?.postMessage(decode(data));
    else if (kind === 'port-close') handed.get(portId)?.dispatchEvent(new Event('close'));
    else {
      const event: { ports: MessagePort[] } = { ports: [] };
      if (portId > 0) {
        const { port1, port2 } = new MessageChannel();
        ports.set(portId, port1);
        port1.addEventListener(
          'message',
          (message) => void standIn({ kind: 'port-message', portId, data: encode(message.data) }),
        );
        port1.start();
        event.ports.push(port2);
        expected.push(portId);
      }
      for (const listener of listeners.get(name) ?? []) listener(event, decode(data));
    }
  };
  Object.defineProperty(window, 'standInReceive', { value: receive });
  window.open = (address) => {
    void standIn({ kind: 'open', name: new URL(String(address), document.baseURI).href });
    return null;
  };

  const electron = {
    contextBridge: {
      exposeInMainWorld: (name: string, value: unknown) => Object.defineProperty(window, name, { value }),
    },
    ipcRenderer: {
      on: (name: string, listener: (event: unknown, ...values: unknown[]) => void) => {
        listeners.set(name, [...(listeners.get(name) ?? []), listener]);
      },
      send: (name: string, value: unknown) => void standIn({ kind: 'send', name, data: encode(value) }),
      invoke: (name: string, value: unknown) => standIn({ kind: 'invoke', name, data: encode(value) }),
    },
    webUtils: { getPathForFile: (file: File & { standInPath?: string }) => file.standInPath ?? '' },
  };
  runPreload((name) => {
    if (name !== 'electron') throw new Error(`a sandboxed preload script cannot load ${name}`);
    return electron;
  });
}
