/** Hands files to the browser as downloads: what the core prepared, and what the page itself made. */
import type { exportKinds } from '../../../shared/contract/system.ts';
import type { ScorerName } from '../../../shared/prediction.ts';
import { client } from './client.ts';

/**
 * @param address of the file; relative ones are below the page's own
 * @param fileName empty: as the core calls it
 */
export function download(address: string, fileName: string): void {
  const link = document.createElement('a');
  link.href = new URL(address, document.baseURI).href;
  link.download = fileName;
  link.click();
}

/** A file made on the page. */
export function downloadBlob(blob: Blob, fileName: string): void {
  const address = URL.createObjectURL(blob);
  download(address, fileName);
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/**
 * Prepares an export in the core, with its manifest, and downloads it. Fails as the core's procedures do.
 *
 * @param scorer missing: the first run's own
 */
export async function downloadExport(
  kind: (typeof exportKinds)[number],
  runIds: readonly string[],
  scorer?: ScorerName,
): Promise<void> {
  const { url, fileName } = await client.exports.prepare({
    kind,
    runIds: [...runIds],
    withManifest: true,
    ...(scorer === undefined ? {} : { scorer }),
  });
  download(url, fileName);
}
