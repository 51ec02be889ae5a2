/**
 * The page's built files. They are listed once when the server starts, so that an address can only name one of
 * them and never a path.
 */
import { randomBytes } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { extname, join, relative, sep } from 'node:path';
import { contentSecurityPolicy, sendBytes } from './responses.ts';

const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** Replaced in index.html by the nonce of the response. */
const noncePlaceholder = '__STYLE_NONCE__';

/** Sends the file at a path such as `/assets/index.js`; false where there is none. */
export type SendPageFile = (path: string, response: ServerResponse, withBody: boolean) => Promise<boolean>;

export async function openPageFiles(folder: string): Promise<SendPageFile> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = new Map(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const file = join(entry.parentPath, entry.name);
        return [`/${relative(folder, file).split(sep).join('/')}`, file];
      }),
  );
  return async (path, response, withBody) => {
    const file = files.get(path === '/' ? '/index.html' : path);
    const contentType = contentTypes[extname(file ?? '')];
    if (file === undefined || contentType === undefined) return false;
    const bytes = await readFile(file);
    if (!contentType.startsWith('text/html')) {
      // Built files carry a hash of their content in their names.
      const headers = { 'Content-Type': contentType, 'Cache-Control': 'private, max-age=31536000, immutable' };
      sendBytes(response, bytes, path.startsWith('/assets/') ? headers : { 'Content-Type': contentType }, withBody);
      return true;
    }
    const nonce = randomBytes(16).toString('base64');
    response.setHeader('Content-Security-Policy', contentSecurityPolicy(nonce));
    const page = Buffer.from(bytes.toString('utf8').replaceAll(noncePlaceholder, nonce));
    sendBytes(response, page, { 'Content-Type': contentType }, withBody);
    return true;
  };
}
