/** Pictures and downloads over HTTP; what they are and where they come from is the core's affair. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { openFileBody } from '../core/file-body.ts';
import type { ReadResource } from '../core/resources.ts';

/** Answers a request for a resource; false where the address names none. */
export async function sendResource(
  readResource: ReadResource,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const resource = await readResource(url, request.headers['if-none-match'] ?? null);
  if (resource === null) return false;
  const { status, headers, body } = resource;
  const withBody = request.method !== 'HEAD';
  if (typeof body === 'object' && 'filePath' in body) {
    const stream = withBody ? await openFileBody(body) : null;
    response.writeHead(status, headers);
    if (stream === null) response.end();
    // A reader that leaves, or a file that ends early, breaks the connection: nobody takes half a file for a whole.
    else await pipeline(stream, response).catch(() => response.destroy());
    return true;
  }
  const length = status === 304 ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
  response.writeHead(status, { ...headers, ...length });
  response.end(withBody ? body : undefined);
  return true;
}
