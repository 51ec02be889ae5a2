/**
 * The page's built files. They are listed once when a face starts, so that an address can only name one of them and
 * never a path.
 */
import { randomBytes } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { contentSecurityPolicy } from './page-security.ts';

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

export type PageFile = Readonly<{
  headers: Readonly<Record<string, string>>;
  /** False for the page itself: each response has a nonce of its own. */
  isAlwaysTheSame: boolean;
  read: () => Promise<Buffer>;
}>;

/** Finds the file at a path such as `/assets/index.js`; null where there is none. */
export type FindPageFile = (path: string) => PageFile | null;

export async function openPageFiles(folder: string): Promise<FindPageFile> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = new Map(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const file = join(entry.parentPath, entry.name);
        return [`/${relative(folder, file).split(sep).join('/')}`, file];
      }),
  );
  return (path) => {
    const file = files.get(path === '/' ? '/index.html' : path);
    const contentType = contentTypes[extname(file ?? '')];
    if (file === undefined || contentType === undefined) return null;
    if (!contentType.startsWith('text/html')) {
      const headers = {
        'Content-Type': contentType,
        // Built files carry a hash of their content in their names.
        ...(path.startsWith('/assets/') ? { 'Cache-Control': 'private, max-age=31536000, immutable' } : {}),
      };
      return { headers, isAlwaysTheSame: true, read: () => readFile(file) };
    }
    const nonce = randomBytes(16).toString('base64');
    return {
      headers: { 'Content-Type': contentType, 'Content-Security-Policy': contentSecurityPolicy(nonce) },
      isAlwaysTheSame: false,
      read: async () => Buffer.from((await readFile(file, 'utf8')).replaceAll(noncePlaceholder, nonce)),
    };
  };
}
