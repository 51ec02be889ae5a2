/**
 * What a page loads by address beside the API: pictures of questions. Named by run or dataset and by sample, never
 * by path; the same for every transport, so that the web face and the desktop app serve the same.
 */
import { failureOf } from '../../shared/failure.ts';
import type { DatasetImages } from './dataset-images.ts';
import type { RunImages } from './run-images.ts';
import { imageSizes } from './served-image.ts';

export type ServedResource = Readonly<{
  status: number;
  headers: Readonly<Record<string, string>>;
  body: Uint8Array | string;
}>;

/** Answers an address such as `/image/RUN/SAMPLE?size=256` or `/dataset-image/DATASET/SAMPLE`; null where it names nothing of the kind. */
export type ReadResource = (url: URL, ifNoneMatch: string | null) => Promise<ServedResource | null>;

const imageAddress = /^\/(image|dataset-image)\/([^/]+)\/([^/]+)$/;

type ResourceParts = Readonly<{ images: RunImages; datasetImages: DatasetImages }>;

export function createResources({ images, datasetImages }: ResourceParts): ReadResource {
  return async (url, ifNoneMatch) => {
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
