/** Live events in a browser: a WebSocket to the server that sent the page. */
import { liveEventSchema, type LiveEvent } from '../../../shared/live-event.ts';
import { apiToken, forgetSession, SessionEnded } from './session.ts';

/** The server's close code for a token that is not its own. */
const unauthorised = 4401;

/**
 * Calls `onEvent` until the connection is lost; resolves then. Rejects with `SessionEnded` where the server does not
 * know this browser, and with whatever kept the page from asking it.
 */
export async function readLiveSocket(onEvent: (event: LiveEvent) => void, signal: AbortSignal): Promise<void> {
  const token = await apiToken();
  const address = new URL('api/live', document.baseURI);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new WebSocket(address);
  const close = (): void => socket.close();
  signal.addEventListener('abort', close, { once: true });
  const code = await new Promise<number>((resolve) => {
    socket.addEventListener('open', () => socket.send(JSON.stringify({ token })));
    socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      const event = liveEventSchema.safeParse(typeof data === 'string' ? JSON.parse(data) : null);
      if (event.success) onEvent(event.data);
    });
    socket.addEventListener('close', (event) => resolve(event.code));
  });
  signal.removeEventListener('abort', close);
  // A refused handshake looks like a lost server: the next try asks for a session and learns which it is.
  if (code !== 1001) forgetSession();
  if (code === unauthorised) throw new SessionEnded();
}
