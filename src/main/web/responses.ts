/** Answers with the headers that every response carries: no framing, no sniffing, no foreign content. */
import type { ServerResponse } from 'node:http';
import { securityHeaders } from '../core/page-security.ts';

/** Sets the headers that hold for every response; a handler may replace single ones. */
export function setSecurityHeaders(response: ServerResponse): void {
  for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
}

export function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(`${text}\n`);
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(value));
}

export function sendBytes(
  response: ServerResponse,
  bytes: Uint8Array,
  headers: Readonly<Record<string, string>>,
  withBody: boolean,
): void {
  response.writeHead(200, { ...headers, 'Content-Length': String(bytes.byteLength) });
  response.end(withBody ? bytes : undefined);
}
