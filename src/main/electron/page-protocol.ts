/** The windows' own protocol: the page's files from the program, images from the core; nothing else is there. */
import { Readable } from 'node:stream';
import { openFileBody } from '../core/file-body.ts';
import type { FindPageFile } from '../core/page-files.ts';
import { securityHeaders } from '../core/page-security.ts';
import type { ServedResource } from '../core/resources.ts';
import { isOwnAddress } from './addresses.ts';

export type PageSources = Readonly<{
  findFile: FindPageFile;
  /** Asks the core; null where it has nothing at the address. */
  readResource: (address: string, ifNoneMatch: string | null) => Promise<ServedResource | null>;
}>;

/** Answers a request of a window. */
export async function answerPage(sources: PageSources, request: Request): Promise<Response> {
  if (!isOwnAddress(request.url)) return refusal(404, 'There is nothing at this address.');
  if (request.method !== 'GET' && request.method !== 'HEAD') return refusal(405, 'Only GET is served here.');
  const file = sources.findFile(new URL(request.url).pathname);
  if (file !== null) {
    return new Response(new Uint8Array(await file.read()), { headers: { ...securityHeaders, ...file.headers } });
  }
  const resource = await sources.readResource(request.url, request.headers.get('if-none-match'));
  if (resource === null) return refusal(404, 'There is nothing at this address.');
  const { status, headers, body } = resource;
  if (typeof body === 'object' && 'filePath' in body) {
    const stream = request.method === 'HEAD' ? null : Readable.toWeb(await openFileBody(body));
    return new Response(stream as ReadableStream | null, { status, headers: { ...securityHeaders, ...headers } });
  }
  // 304 allows no body, not even an empty one.
  const content = status === 304 ? null : typeof body === 'string' ? body : new Uint8Array(body);
  return new Response(content, { status, headers: { ...securityHeaders, ...headers } });
}

const refusal = (status: number, text: string): Response =>
  new Response(`${text}\n`, { status, headers: { ...securityHeaders, 'Content-Type': 'text/plain; charset=utf-8' } });
