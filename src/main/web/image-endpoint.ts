/** `GET /image/{runId}/{sampleId}?size=`: the image of a question that a run holds; never a path. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RunImages } from '../core/run-images.ts';
import { imageSizes } from '../core/run-images.ts';
import { failureOf } from '../../shared/failure.ts';
import { sendBytes, sendText } from './responses.ts';

const address = /^\/image\/([^/]+)\/([^/]+)$/;

/** Answers an image request; false where the address is no image's. */
export async function sendImage(
  images: RunImages,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const [, runId, sampleId] = (address.exec(url.pathname) ?? []).map(decode);
  if (runId === undefined || sampleId === undefined) return false;
  const asked = url.searchParams.get('size');
  const size = asked === null ? null : imageSizes.find((known) => String(known) === asked);
  if (size === undefined) {
    sendText(response, 400, `size is one of ${imageSizes.join(', ')}`);
    return true;
  }
  try {
    const { bytes, contentType, etag } = await images.read(runId, sampleId, size);
    const headers = { 'Content-Type': contentType, ETag: etag, 'Cache-Control': 'private, no-cache' };
    if (request.headers['if-none-match'] === etag) response.writeHead(304, headers).end();
    else sendBytes(response, bytes, headers, request.method !== 'HEAD');
  } catch (error) {
    const failure = failureOf(error);
    if (failure === undefined) throw error;
    sendText(response, failure.kind === 'not-found' || failure.kind === 'missing-image' ? 404 : 422, failure.message);
  }
  return true;
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
