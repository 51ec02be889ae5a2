/** The page's built files over HTTP: compressed, because through an SSH forward the first load is what one waits for. */
import type { ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { openPageFiles } from '../core/page-files.ts';
import { sendBytes } from './responses.ts';

const compress = promisify(gzip);
/** Kinds that shrink; pictures and fonts are compressed already. */
const compressible = /^(text\/|application\/json|image\/svg)/;

/** Sends the file at a path such as `/assets/index.js`; false where there is none. */
export type SendPageFile = (path: string, response: ServerResponse, withBody: boolean) => Promise<boolean>;

export async function servePageFiles(folder: string): Promise<SendPageFile> {
  const findFile = await openPageFiles(folder);
  const compressed = new Map<string, Promise<Buffer>>();
  const gzipped = (path: string, read: () => Promise<Buffer>): Promise<Buffer> => {
    const known = compressed.get(path) ?? read().then((bytes) => compress(bytes));
    compressed.set(path, known);
    // A file that could not be read may be there the next time.
    known.catch(() => compressed.delete(path));
    return known;
  };
  return async (path, response, withBody) => {
    const file = findFile(path);
    if (file === null) return false;
    const { headers, isAlwaysTheSame, read } = file;
    const shrinks = isAlwaysTheSame && compressible.test(headers['Content-Type'] ?? '');
    const packed = shrinks && acceptsGzip(response.req.headers['accept-encoding']);
    const coding = isAlwaysTheSame
      ? { Vary: 'Accept-Encoding', ...(packed ? { 'Content-Encoding': 'gzip' } : {}) }
      : {};
    sendBytes(response, packed ? await gzipped(path, read) : await read(), { ...headers, ...coding }, withBody);
    return true;
  };
}

const acceptsGzip = (header: string | string[] | undefined): boolean =>
  String(header ?? '')
    .split(',')
    .some((coding) => /^\s*gzip\s*(;\s*q=(?!0(\.0*)?\s*$).*)?$/i.test(coding));
