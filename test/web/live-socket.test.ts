/** Live events over a WebSocket: who is let in, and what a reader hears of a real core. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createCore } from '../../src/main/core/core.ts';
import { openStore } from '../../src/main/store/store.ts';
import { startWebServer } from '../../src/main/web/web-server.ts';
import type { WebServer } from '../../src/main/web/web-server.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const folder = await temporaryFolders()();
const pageFolder = join(folder, 'page');
mkdirSync(pageFolder);
writeFileSync(join(pageFolder, 'index.html'), '<!doctype html>');
const storePath = join(folder, 'store.sqlite');
const core = createCore({ storePath });
let server: WebServer;
let cookie = '';
let token = '';

beforeAll(async () => {
  server = await startWebServer({ core, port: 0, pageFolder });
  const exchanged = await fetch(server.address, { redirect: 'manual' });
  cookie = exchanged.headers.get('set-cookie')?.split(';')[0] ?? '';
  const session = await fetch(`http://127.0.0.1:${String(server.port)}/api/session`, { headers: { cookie } });
  token = ((await session.json()) as { apiToken: string }).apiToken;
});
afterAll(async () => {
  await server.close();
  await core.close();
});

const connect = (headers: Record<string, string>, path = '/api/live'): WebSocket =>
  new WebSocket(`ws://127.0.0.1:${String(server.port)}${path}`, { headers });
const own = (): Record<string, string> => ({ cookie, origin: `http://127.0.0.1:${String(server.port)}` });

/** The HTTP status of a refused handshake, 101 for one that was let in. */
const handshake = (socket: WebSocket): Promise<number> =>
  new Promise((resolve) => {
    socket.on('open', () => {
      socket.terminate();
      resolve(101);
    });
    socket.on('unexpected-response', (request, response) => {
      request.destroy();
      resolve(response.statusCode ?? 0);
    });
    socket.on('error', () => undefined);
  });
const closeCode = (socket: WebSocket): Promise<number> => new Promise((resolve) => socket.on('close', resolve));

describe('the handshake', () => {
  it('lets the own page in', async () => expect(await handshake(connect(own()))).toBe(101));

  it.each([
    ['without a cookie', 401, () => ({ origin: own()['origin'] ?? '' })],
    ['from another site', 403, () => ({ ...own(), origin: 'http://evil.example' })],
    ['from another port', 403, () => ({ ...own(), origin: 'http://127.0.0.1:1' })],
    ['from a sandboxed frame', 403, () => ({ ...own(), origin: 'null' })],
    ['under a foreign name', 403, () => ({ ...own(), host: 'evil.example' })],
    ['triggered by another site', 403, () => ({ ...own(), 'sec-fetch-site': 'cross-site' })],
  ])('%s is refused', async (_, status, headers) => expect(await handshake(connect(headers()))).toBe(status));

  it.each(['/', '/api/rpc/system/watch', '/api/live/x'])('at %s is refused', async (path) => {
    expect(await handshake(connect(own(), path))).toBe(404);
  });
});

describe('the first message', () => {
  it.each([
    ['no JSON', 'token'],
    ['no token', '{}'],
    ['a wrong token', '{"token":"guess"}'],
  ])('with %s ends the connection, and nothing was sent before', async (_, message) => {
    const socket = connect(own());
    const received: unknown[] = [];
    socket.on('message', (data) => received.push(data));
    socket.on('open', () => socket.send(message));
    expect(await closeCode(socket)).toBe(4401);
    expect(received).toEqual([]);
  });

  it('that is too large ends it', async () => {
    const socket = connect(own());
    socket.on('error', () => undefined);
    socket.on('open', () => socket.send(JSON.stringify({ token, filler: 'x'.repeat(5000) })));
    expect([1006, 1009]).toContain(await closeCode(socket));
  });

  it('that never comes ends it', async () => {
    expect(await closeCode(connect(own()))).toBe(4401);
  });
});

it('a reader hears what another process writes, and the end of the server', async () => {
  await core.client.views.list();
  const other = await startWebServer({ core, port: 0, pageFolder });
  const socket = new WebSocket(`ws://127.0.0.1:${String(other.port)}/api/live`, {
    headers: { authorization: `Bearer ${new URL(other.address).searchParams.get('token') ?? ''}` },
  });
  const received: unknown[] = [];
  socket.on('message', (data: Buffer) => received.push(JSON.parse(data.toString('utf8'))));
  socket.on('open', () => socket.send(JSON.stringify({ token: new URL(other.address).searchParams.get('token') })));
  await expect.poll(() => received).toEqual([{ kind: 'connected' }]);
  const store = openStore(storePath);
  // Written until it is heard: the store is followed from a moment after the greeting on.
  let count = 0;
  await expect
    .poll(() => (store.annotations.saveView(`view ${String((count += 1))}`, ''), received[1]), { interval: 700 })
    .toEqual({ kind: 'views' });
  store.close();
  const closed = closeCode(socket);
  await other.close();
  await closed;
});
