/**
 * `/api/live`: live events over a WebSocket, because a stream over HTTP would hold one of the six connections that
 * a browser allows a host, in every tab. The handshake passes the same checks as every request; the API's token
 * comes as the first message (a handshake cannot carry headers), and nothing is sent before it.
 */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { WebSocketServer } from 'ws';
import { z } from 'zod';
import type { Core } from '../core/core.ts';
import type { Credentials } from './credentials.ts';
import { refusalOf } from './request-checks.ts';

/** The first message, and the only one that a page sends. */
const greetingSchema = z.object({ token: z.string() });
const messageLimitBytes = 1024;
const greetingTimeoutMs = 5000;
const pingMs = 20_000;
const socketLimit = 100;
/** Close code for a page whose token is not this server's: it is told to open the address again. */
const unauthorised = 4401;

type LiveSocketParts = Readonly<{ server: Server; core: Core; credentials: Credentials }>;

/** Answers the server's upgrade requests. */
export function openLiveSockets({ server, core, credentials }: LiveSocketParts): Readonly<{ close: () => void }> {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: messageLimitBytes, perMessageDeflate: false });
  server.on('upgrade', (request, socket, head) => {
    const status = refusedStatus(request, credentials, sockets.clients.size);
    if (status === null) sockets.handleUpgrade(request, socket, head, (client) => serve(client, core, credentials));
    else refuse(socket, status);
  });
  return {
    close: () => {
      for (const client of sockets.clients) client.terminate();
      sockets.close();
    },
  };
}

function refusedStatus({ headers, url }: IncomingMessage, credentials: Credentials, open: number): string | null {
  if (refusalOf(headers) !== null) return '403 Forbidden';
  if (!credentials.hasCookie(headers) && !credentials.hasApiToken(headers)) return '401 Unauthorized';
  if (url !== '/api/live') return '404 Not Found';
  return open >= socketLimit ? '503 Service Unavailable' : null;
}

function refuse(socket: Duplex, status: string): void {
  socket.on('error', () => undefined);
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function serve(client: WebSocket, core: Core, credentials: Credentials): void {
  const closed = new AbortController();
  let isAlive = true;
  const ping = setInterval(() => {
    if (!isAlive) client.terminate();
    isAlive = false;
    client.ping();
  }, pingMs);
  const greeting = setTimeout(() => client.close(unauthorised), greetingTimeoutMs);
  client.on('pong', () => (isAlive = true));
  client.on('close', () => {
    clearInterval(ping);
    clearTimeout(greeting);
    closed.abort();
  });
  // What is wrong with a connection ends it; `close` follows.
  client.on('error', () => client.terminate());
  client.once('message', (message, isBinary) => {
    clearTimeout(greeting);
    const text = isBinary || !Buffer.isBuffer(message) ? '' : message.toString('utf8');
    const given = greetingSchema.safeParse(parseJson(text));
    if (!given.success || !credentials.isApiToken(given.data.token)) return client.close(unauthorised);
    void sendEvents(client, core, closed.signal);
  });
}

/** One event after the other has left for the network before the next is taken: a slow reader fills no memory. */
async function sendEvents(client: WebSocket, core: Core, signal: AbortSignal): Promise<void> {
  try {
    for await (const event of await core.client.system.watch(undefined, { signal })) {
      await new Promise<void>((resolve, reject) => {
        client.send(JSON.stringify(event), (error) => (error ? reject(error) : resolve()));
      });
    }
    client.close(1001);
  } catch {
    // The API has logged a bug; a connection that has gone is no news. The page connects again.
    client.close(1011);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
