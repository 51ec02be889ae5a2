/** Pictures over HTTP; what they are and where they come from is the core's affair. */
import type { IncomingMessage, ServerResponse } from 'node:http';
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
  const length = status === 304 ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
  response.writeHead(status, { ...headers, ...length });
  response.end(request.method === 'HEAD' ? undefined : body);
  return true;
}
