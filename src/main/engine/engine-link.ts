/**
 * The engine's way to whoever feeds it: the channel of a forked Node process, or the port that Electron's main hands
 * over. Both close when the other side is gone, and the engine ends then.
 */
import { parentPort, type ChannelPort } from './parent-port.ts';
import type { EngineReply, EngineRequest } from './protocol.ts';

export type EngineLink = Readonly<{
  send: (reply: EngineReply) => void;
  onRequest: (listener: (request: EngineRequest) => void) => void;
  onClose: (listener: () => void) => void;
  close: () => void;
}>;

/** The link of this process; a utility process has one once its port has come. */
export function openEngineLink(): Promise<EngineLink> {
  const parent = parentPort();
  if (parent === undefined) return Promise.resolve(forkLink());
  return new Promise((resolve) => {
    parent.on('message', ({ ports: [port] }) => {
      if (port !== undefined) resolve(portLink(port));
    });
  });
}

function forkLink(): EngineLink {
  return {
    send: (reply) => void process.send?.(reply),
    onRequest: (listener) => void process.on('message', (message) => listener(message as EngineRequest)),
    onClose: (listener) => void process.on('disconnect', listener),
    close: () => process.disconnect(),
  };
}

function portLink(port: ChannelPort): EngineLink {
  return {
    send: (reply) => port.postMessage(reply),
    onRequest: (listener) => {
      port.on('message', ({ data }) => listener(data as EngineRequest));
      port.start();
    },
    onClose: (listener) => void port.on('close', listener),
    close: () => port.close(),
  };
}
