/**
 * The window's way to the core: the contract over a message port, which the preload script hands over. A core that
 * was started anew comes with a new port; calls wait for it.
 */
import type { ClientContext, ClientLink } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import { corePortMessage } from '../../../shared/ipc-channels.ts';

type Link = ClientLink<ClientContext>;

/** @param requestCore asks for a port, which comes as a message of the window */
export function createWindowLink(requestCore: () => void): Link {
  let waiting = Promise.withResolvers<Link>();
  let isAsked = false;

  window.addEventListener('message', ({ source, data, ports: [port] }: MessageEvent<unknown>) => {
    if (source !== window || data !== corePortMessage || port === undefined) return;
    const link = new RPCLink({ port });
    port.addEventListener('close', () => {
      waiting = Promise.withResolvers<Link>();
      isAsked = false;
    });
    port.start();
    waiting.resolve(link);
  });
  return {
    call: async (path, input, options) => {
      if (!isAsked) requestCore();
      isAsked = true;
      const link = await waiting.promise;
      return link.call(path, input, options);
    },
  };
}
