/**
 * The page's built files. They are listed once when the server starts, so that an address can only name one of
 * them and never a path.
 */
import { randomBytes } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
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

const compress = promisify(gzip);
/** Kinds that shrink; pictures and fonts are compressed already. */
const compressible = /^(text\/|application\/json|image\/svg)/;

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
  const compressed = new Map<string, Promise<Buffer>>();
  const gzipped = (file: string): Promise<Buffer> => {
    const known = compressed.get(file) ?? readFile(file).then((bytes) => compress(bytes));
    compressed.set(file, known);
    // A file that could not be read may be there the next time.
    known.catch(() => compressed.delete(file));
    return known;
  };
  return async (path, response, withBody) => {
    const file = files.get(path === '/' ? '/index.html' : path);
    const contentType = contentTypes[extname(file ?? '')];
    if (file === undefined || contentType === undefined) return false;
    if (!contentType.startsWith('text/html')) {
      // Through an SSH forward the page's first load is what one waits for.
      const packed = compressible.test(contentType) && acceptsGzip(response.req.headers['accept-encoding']);
      const bytes = packed ? await gzipped(file) : await readFile(file);
      const headers = {
        'Content-Type': contentType,
        Vary: 'Accept-Encoding',
        ...(packed ? { 'Content-Encoding': 'gzip' } : {}),
        // Built files carry a hash of their content in their names.
        ...(path.startsWith('/assets/') ? { 'Cache-Control': 'private, max-age=31536000, immutable' } : {}),
      };
      sendBytes(response, bytes, headers, withBody);
      return true;
    }
    const bytes = await readFile(file);
    const nonce = randomBytes(16).toString('base64');
    response.setHeader('Content-Security-Policy', contentSecurityPolicy(nonce));
    const page = Buffer.from(bytes.toString('utf8').replaceAll(noncePlaceholder, nonce));
    sendBytes(response, page, { 'Content-Type': contentType }, withBody);
    return true;
  };
}

const acceptsGzip = (header: string | string[] | undefined): boolean =>
  String(header ?? '')
    .split(',')
    .some((coding) => /^\s*gzip\s*(;\s*q=(?!0(\.0*)?\s*$).*)?$/i.test(coding));
