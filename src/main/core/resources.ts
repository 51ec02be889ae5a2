/**
 * What a page loads by address beside the API: pictures of questions, and files that were prepared for it. Named by
 * run or dataset and by sample, or by a download's id, never by path; the same for every transport, so that the web
 * face and the desktop app serve the same.
 */
import { failureOf } from '../../shared/failure.ts';
import type { DatasetImages } from './dataset-images.ts';
import type { Downloads } from './downloads.ts';
import type { FileBody } from './file-body.ts';
import type { RunImages } from './run-images.ts';
import { imageSizes } from './served-image.ts';

export type ServedResource = Readonly<{
  status: number;
  headers: Readonly<Record<string, string>>;
  body: Uint8Array | string | FileBody;
}>;

/**
 * Answers an address such as `/image/RUN/SAMPLE?size=256`, `/dataset-image/DATASET/SAMPLE` or `/download/ID`; null
 * where it names nothing of the kind.
 */
export type ReadResource = (url: URL, ifNoneMatch: string | null) => Promise<ServedResource | null>;

const imageAddress = /^\/(image|dataset-image)\/([^/]+)\/([^/]+)$/;

const downloadAddress = /^\/download\/([\w-]+)$/;

type ResourceParts = Readonly<{ images: RunImages; datasetImages: DatasetImages; downloads: Downloads }>;

export function createResources({ images, datasetImages, downloads }: ResourceParts): ReadResource {
  return async (url, ifNoneMatch) => {
    if (url.pathname.startsWith('/download/')) return download(downloads, url.pathname);
    const [, kind, ownerId, sampleId] = (imageAddress.exec(url.pathname) ?? []).map(decode);
    if (ownerId === undefined || sampleId === undefined) return null;
    const asked = url.searchParams.get('size');
    const size = asked === null ? null : imageSizes.find((known) => String(known) === asked);
    if (size === undefined) return text(400, `size is one of ${imageSizes.join(', ')}`);
    try {
      const { bytes, contentType, etag } = await (kind === 'image' ? images : datasetImages).read(
        ownerId,
        sampleId,
        size,
      );
      const headers = { 'Content-Type': contentType, ETag: etag, 'Cache-Control': 'private, no-cache' };
      return ifNoneMatch === etag ? { status: 304, headers, body: '' } : { status: 200, headers, body: bytes };
    } catch (error) {
      const failure = failureOf(error);
      if (failure === undefined) throw error;
      return text(failure.kind === 'not-found' || failure.kind === 'missing-image' ? 404 : 422, failure.message);
    }
  };
}

async function download(downloads: Downloads, path: string): Promise<ServedResource> {
  const [, downloadId] = downloadAddress.exec(path) ?? [];
  const found = downloadId === undefined ? null : await downloads.find(downloadId);
  if (found === null) return text(404, 'This download is not there any more. Export it again.');
  const { fileName, contentType, sizeBytes, filePath } = found;
  const headers = {
    'Content-Type': contentType,
    'Content-Length': String(sizeBytes),
    'Content-Disposition': attachment(fileName),
    'Cache-Control': 'no-store',
  };
  return { status: 200, headers, body: { filePath, sizeBytes } };
}

/** RFC 6266: a plain name for old clients, the real one as RFC 5987 writes it. */
function attachment(fileName: string): string {
  const plain = fileName.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(fileName).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

const text = (status: number, message: string): ServedResource => ({
  status,
  headers: { 'Content-Type': 'text/plain; charset=utf-8' },
  body: `${message}\n`,
});

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
