/** The web face against hostile and clumsy requests: a real server, raw requests. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { createORPCClient, ORPCError } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import type { ContractRouterClient } from '@orpc/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCore } from '../../src/main/core/core.ts';
import { startWebServer } from '../../src/main/web/web-server.ts';
import type { WebServer } from '../../src/main/web/web-server.ts';
import type { Contract } from '../../src/shared/contract.ts';
import { writeSmallDataset } from '../support/small-dataset.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const folder = await temporaryFolders()();
const pageFolder = join(folder, 'page');
mkdirSync(join(pageFolder, 'assets'), { recursive: true });
writeFileSync(join(pageFolder, 'index.html'), '<meta name="style-nonce" content="__STYLE_NONCE__" />');
writeFileSync(join(pageFolder, 'assets', 'index-1.js'), 'export {};');
writeFileSync(join(folder, 'secret.txt'), 'secret');

const core = createCore({ storePath: join(folder, 'store.sqlite') });
let server: WebServer;
let cookie = '';
let apiToken = '';
let token = '';

type Answer = Readonly<{ status: number; headers: IncomingHttpHeaders; body: string }>;
type Asked = Readonly<{ method?: string; headers?: OutgoingHttpHeaders; body?: string }>;

function ask(path: string, { method = 'GET', headers = {}, body }: Asked = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port: server.port, path, method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

const ping = (headers: OutgoingHttpHeaders) => ask('/api/ping', { headers });
const call = (headers: OutgoingHttpHeaders, body = '{"json":null}') =>
  ask('/api/rpc/system/ping', { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });

beforeAll(async () => {
  server = await startWebServer({ core, port: 0, pageFolder });
  token = new URL(server.address).searchParams.get('token') ?? '';
  const exchanged = await ask(`/?token=${token}`);
  cookie = exchanged.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  const session = await ask('/api/session', { headers: { cookie } });
  apiToken = (JSON.parse(session.body) as { apiToken: string }).apiToken;
});
afterAll(async () => {
  await server.close();
  await core.close();
});

describe('the token in the address', () => {
  it('is exchanged for a cookie that scripts cannot read and other sites do not send', async () => {
    const { status, headers } = await ask(`/?token=${token}`);
    expect(status).toBe(303);
    expect(headers.location).toBe('./');
    expect(headers['set-cookie']?.[0]).toMatch(/^penumbra-[0-9a-f]{12}=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
  });

  it.each(['wrong', '', 'x'.repeat(43)])('%j opens nothing', async (wrong) => {
    const { status, headers } = await ask(`/?token=${wrong}`);
    expect(status).toBe(401);
    expect(headers['set-cookie']).toBeUndefined();
  });
});

describe('a stranger', () => {
  it.each([
    '/',
    '/index.html',
    '/assets/index-1.js',
    '/api/ping',
    '/api/session',
    '/image/run/sample',
    '/dataset-image/a/b',
    '/nowhere',
  ])('gets 401 for %s', async (path) => {
    const { status, headers } = await ask(path);
    expect(status).toBe(401);
    expect(headers['content-security-policy']).toContain("default-src 'none'");
  });

  it('gets 401 from the API', async () => {
    expect((await call({})).status).toBe(401);
    expect((await call({ 'x-penumbra-token': 'guess' })).status).toBe(401);
    expect((await call({ authorization: 'Bearer ' })).status).toBe(401);
  });

  it("with another server's cookie stays one", async () => {
    const other = await startWebServer({ core, port: 0, pageFolder });
    const value = cookie.split('=')[1] ?? '';
    expect((await ping({ cookie: `penumbra-000000000000=${value}` })).status).toBe(401);
    await other.close();
  });
});

describe('the owner', () => {
  it('is let in by cookie, API token or bearer token', async () => {
    expect((await ping({ cookie })).status).toBe(200);
    expect((await ping({ cookie: `other=1; ${cookie}; more=2` })).status).toBe(200);
    expect((await ping({ 'x-penumbra-token': apiToken })).status).toBe(200);
    expect((await ping({ authorization: `Bearer ${token}` })).status).toBe(200);
  });

  it('calls the API with the token in a header', async () => {
    const { status, body } = await call({ 'x-penumbra-token': apiToken });
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ json: { version: core.version } });
  });

  it('cannot call it with the cookie alone', async () => {
    expect((await call({ cookie })).status).toBe(401);
  });

  it('gets typed refusals with their data', async () => {
    const link = new RPCLink({
      url: `http://127.0.0.1:${String(server.port)}/api/rpc`,
      headers: { 'x-penumbra-token': apiToken },
    });
    const client: ContractRouterClient<Contract> = createORPCClient(link);
    const refused = await client.datasets.inspect({ path: join(folder, 'nowhere') }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ORPCError);
    expect(refused).toMatchObject({ code: 'FAILURE', status: 422, data: { kind: expect.any(String) as string } });
  });
});

describe('requests from elsewhere', () => {
  it.each([
    'evil.example',
    '127.0.0.1.evil.example',
    'localhost.evil.example:80',
    '10.0.0.1',
    'localhost:80@evil',
    '[::2]:1',
  ])('with Host %j are refused', async (host) => expect((await ping({ cookie, host })).status).toBe(403));

  it.each(['localhost:1', '127.0.0.1:65535', '[::1]:8080', 'localhost'])(
    'with Host %j come through a forward',
    async (host) => expect((await ping({ cookie, host })).status).toBe(200),
  );

  it.each(['http://evil.example', 'null', 'http://127.0.0.1:1', 'http://localhost:4680', 'https://127.0.0.1'])(
    'with Origin %j are refused',
    async (origin) => expect((await call({ 'x-penumbra-token': apiToken, origin })).status).toBe(403),
  );

  it('with the own Origin are answered', async () => {
    const origin = `http://127.0.0.1:${String(server.port)}`;
    expect((await call({ 'x-penumbra-token': apiToken, origin })).status).toBe(200);
  });

  it.each(['cross-site', 'same-site', 'nonsense'])('with Sec-Fetch-Site %j are refused', async (site) => {
    expect((await ping({ cookie, 'sec-fetch-site': site })).status).toBe(403);
    expect((await ask('/image/run/sample', { headers: { cookie, 'sec-fetch-site': site } })).status).toBe(403);
  });

  it.each(['same-origin', 'none'])('with Sec-Fetch-Site %j are answered', async (site) =>
    expect((await ping({ cookie, 'sec-fetch-site': site })).status).toBe(200),
  );
});

describe('clumsy requests', () => {
  it.each([
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/assets/../../secret.txt',
    '/assets/..%5c..%5csecret.txt',
    '//secret.txt',
    '/secret.txt%00.html',
    '/image/a/b/c',
    '/image/..%2f..%2fsecret.txt/x%ff',
    '/dataset-image/a/b/c',
    '/dataset-image/..%2f..%2fsecret.txt/x%ff',
    '/dataset-image/unknown/..%2f..%2fsecret.txt',
    '/dataset-image/../../secret.txt',
  ])('for %s find nothing', async (path) => {
    const { status, body } = await ask(path, { headers: { cookie } });
    expect(status).toBe(404);
    expect(body).not.toContain('secret');
  });

  it('with an address that is none are refused', async () => {
    expect((await ask('http://[', { headers: { cookie } })).status).toBe(400);
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('with %s on the page are refused', async (method) => {
    expect((await ask('/', { method, headers: { cookie } })).status).toBe(405);
  });

  it('with GET on the API are refused', async () => {
    expect((await ask('/api/rpc/system/ping', { headers: { 'x-penumbra-token': apiToken } })).status).toBe(405);
  });

  it('with a body that is too large or no JSON are refused', async () => {
    const headers = { 'x-penumbra-token': apiToken };
    expect((await call(headers, `{"json":"${'x'.repeat(2_000_000)}"}`)).status).toBe(413);
    expect((await call(headers, '{')).status).toBe(400);
  });

  it('for an unknown procedure are told so', async () => {
    const headers = { 'x-penumbra-token': apiToken };
    expect((await ask('/api/rpc/system/nothing', { method: 'POST', headers })).status).toBe(404);
    expect((await ask('/api/rpc/__proto__/toString', { method: 'POST', headers })).status).toBe(404);
  });

  it('for an image of an odd size are told the sizes', async () => {
    expect((await ask('/image/run/sample?size=9999999', { headers: { cookie } })).status).toBe(400);
  });
});

describe('images of datasets', () => {
  it('are served by dataset and sample, and by nothing else', async () => {
    const dataset = writeSmallDataset(join(folder, 'dataset'), { questionCount: 3, withoutImage: [2] });
    writeFileSync(join(dataset, 'data', 'images', 'secret.png'), 'secret');
    const { datasetId } = await core.client.datasets.open({ path: dataset });
    const image = (sampleId: string, query = '') =>
      ask(`/dataset-image/${datasetId}/${sampleId}${query}`, { headers: { cookie } });
    const whole = await image('question-0000');
    expect([whole.status, whole.headers['content-type']]).toStrictEqual([200, 'image/png']);
    const small = await image('question-0000', '?size=256');
    expect([small.status, small.headers['content-type']]).toStrictEqual([200, 'image/webp']);
    // Again, now out of the cache on disk.
    expect((await image('question-0000', '?size=256')).headers.etag).toBe(small.headers.etag);
    const headers = { cookie, 'if-none-match': small.headers.etag ?? '' };
    expect((await ask(`/dataset-image/${datasetId}/question-0000?size=256`, { headers })).status).toBe(304);
    expect((await image('question-0000', '?size=257')).status).toBe(400);
    expect((await image('question-0002')).status).toBe(404);
    const paths = [
      'secret.png',
      '..%2fsecret.txt',
      'data%2fimages%2fsecret.png',
      encodeURIComponent(join(folder, 'secret.txt')),
      '%00',
    ];
    for (const path of paths) {
      const { status, body } = await image(path);
      expect(status).toBe(404);
      expect(body).not.toContain('secret.txt');
    }
    await core.client.datasets.forget({ datasetId });
    expect((await image('question-0000')).status).toBe(404);
  });
});

describe('responses', () => {
  it('carry the security headers', async () => {
    const { headers } = await ask('/', { headers: { cookie } });
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['x-frame-options']).toBe('DENY');
    expect(headers['referrer-policy']).toBe('no-referrer');
    expect(headers['cross-origin-opener-policy']).toBe('same-origin');
    expect(headers['cross-origin-resource-policy']).toBe('same-origin');
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['content-security-policy']).not.toContain('unsafe');
  });

  it('give each page a nonce of its own', async () => {
    const nonces = await Promise.all(
      [1, 2].map(async () => {
        const { headers, body } = await ask('/', { headers: { cookie } });
        const nonce = /content="([^"]+)"/.exec(body)?.[1] ?? '';
        expect(headers['content-security-policy']).toContain(`'nonce-${nonce}'`);
        return nonce;
      }),
    );
    expect(new Set(nonces).size).toBe(2);
  });

  it.each([
    ['gzip', 'gzip'],
    ['br, gzip;q=0.5', 'gzip'],
    ['deflate', undefined],
    ['gzip;q=0', undefined],
    ['', undefined],
  ])('accepting "%s" get built files as %s', async (accepted, coding) => {
    const { headers } = await ask('/assets/index-1.js', { headers: { cookie, 'accept-encoding': accepted } });
    expect(headers['content-encoding']).toBe(coding);
    expect(headers.vary).toBe('Accept-Encoding');
  });

  it('accepting gzip get what the file holds', async () => {
    const url = `http://127.0.0.1:${String(server.port)}/assets/index-1.js`;
    const response = await fetch(url, { headers: { cookie } });
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect(await response.text()).toBe('export {};');
  });

  it('let browsers keep built files only', async () => {
    const { headers } = await ask('/assets/index-1.js', { headers: { cookie } });
    expect(headers['cache-control']).toBe('private, max-age=31536000, immutable');
    expect(headers['content-type']).toContain('javascript');
  });
});
