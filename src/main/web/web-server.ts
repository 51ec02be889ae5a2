/**
 * The web face: the API, the images and the page over HTTP on loopback, for whoever has the printed address.
 *
 *   /?token=…          exchanges the address's token for a cookie
 *   /, /assets/…       the page                                          cookie
 *   /image/RUN/SAMPLE  images                                            cookie or header
 *   /download/ID       a file that an export has prepared                cookie or header
 *   /api/session       gives the page its API token                      cookie
 *   /api/ping          200 to the owner, 401 to a stranger               cookie or header
 *   /api/rpc/…         the contract                                      header
 *   /api/live          live events over a WebSocket                      cookie or header, and the token as a message
 */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BodyLimitPlugin, RPCHandler } from '@orpc/server/node';
import type { Core } from '../core/core.ts';
import { PenumbraFailure } from '../../shared/failure.ts';
import type { Credentials } from './credentials.ts';
import { createCredentials } from './credentials.ts';
import type { SendPageFile } from './page-files.ts';
import { servePageFiles } from './page-files.ts';
import { openLiveSockets } from './live-socket.ts';
import { refusalOf } from './request-checks.ts';
import { sendResource } from './resource-endpoint.ts';
import { sendJson, sendText, setSecurityHeaders } from './responses.ts';

export type WebServer = Readonly<{
  port: number;
  /** What the user opens: holds the token. */
  address: string;
  close: () => Promise<void>;
}>;

export type WebServerOptions = Readonly<{
  core: Core;
  /** 0: any free port. */
  port: number;
  /** Folder of the page's built files. */
  pageFolder: string;
}>;

/** Requests are small: settings, paths and filters. */
const bodyLimitBytes = 1024 * 1024;
const noCredentials = 'Open the address that "penumbra serve" printed; it lets you in.';

/** Starts the server on 127.0.0.1. Fails with `io` where the port is taken. */
export async function startWebServer({ core, port, pageFolder }: WebServerOptions): Promise<WebServer> {
  const credentials = createCredentials();
  const sendPage = await servePageFiles(pageFolder);
  const rpc = new RPCHandler(core.router, { plugins: [new BodyLimitPlugin({ maxBodySize: bodyLimitBytes })] });

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    setSecurityHeaders(response);
    const refusal = refusalOf(request.headers);
    if (refusal !== null) return sendText(response, 403, refusal);
    // `//x/y` would name a host; an absolute address is only for proxies.
    if (request.url?.startsWith('/') !== true) return sendText(response, 400, 'This is no address.');
    const url = new URL(`http://localhost${request.url}`);
    if (url.pathname.startsWith('/api/rpc/')) {
      if (!credentials.hasApiToken(request.headers)) return sendText(response, 401, noCredentials);
      if (request.method !== 'POST') return sendText(response, 405, 'The API is called with POST.');
      const { matched } = await rpc.handle(request, response, { prefix: '/api/rpc', context: {} });
      return matched ? undefined : sendText(response, 404, 'There is no such procedure.');
    }
    return answerRead({ core, credentials, sendPage }, url, request, response);
  };

  const server = createServer({ requestTimeout: 60_000, headersTimeout: 10_000 }, (request, response) => {
    answer(request, response).catch((error: unknown) => {
      process.stderr.write(
        `internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
      );
      if (response.headersSent) response.destroy();
      else sendText(response, 500, 'Internal error.');
    });
  });
  const liveSockets = openLiveSockets({ server, core, credentials });
  await listen(server, port);
  const bound = (server.address() as AddressInfo).port;
  return {
    port: bound,
    address: `http://127.0.0.1:${String(bound)}/?token=${credentials.addressToken}`,
    close: () =>
      new Promise((resolve) => {
        liveSockets.close();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type ReadParts = Readonly<{ core: Core; credentials: Credentials; sendPage: SendPageFile }>;

/** Everything that is only read: page, images, ping, session. */
async function answerRead(
  { core, credentials, sendPage }: ReadParts,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return sendText(response, 405, 'Only GET is served here.');
  const token = url.searchParams.get('token');
  if (url.pathname === '/' && token !== null && credentials.isAddressToken(token)) {
    response.writeHead(303, { 'Set-Cookie': credentials.setCookie, Location: './' }).end();
    return undefined;
  }
  const known = credentials.hasCookie(request.headers);
  if (!known && !credentials.hasApiToken(request.headers)) return sendText(response, 401, noCredentials);
  if (url.pathname === '/api/ping') return sendJson(response, 200, { version: core.version });
  if (url.pathname === '/api/session') {
    return known ? sendJson(response, 200, { apiToken: credentials.apiToken }) : sendText(response, 401, noCredentials);
  }
  if (await sendResource(core.readResource, url, request, response)) return undefined;
  if (await sendPage(url.pathname, response, request.method === 'GET')) return undefined;
  return sendText(response, 404, 'There is nothing at this address.');
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') return reject(error);
      const reason = error.code === 'EACCES' ? 'may not be used' : 'is in use';
      return reject(
        new PenumbraFailure(
          {
            kind: 'io',
            message: `Port ${String(port)} ${reason}.`,
            action: 'Choose another with --port, or leave it out.',
          },
          { cause: error },
        ),
      );
    });
    server.listen(port, '127.0.0.1', resolve);
  });
}
