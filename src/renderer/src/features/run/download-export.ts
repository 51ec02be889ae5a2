/** Prepares an export in the core and hands it to the browser as a download, with its manifest. */
import type { exportKinds } from '../../../../shared/contract/system.ts';
import { client } from '../../api/client.ts';

export async function downloadExport(kind: (typeof exportKinds)[number], runIds: readonly string[]): Promise<void> {
  const { url, fileName } = await client.exports.prepare({ kind, runIds: [...runIds], withManifest: true });
  const link = document.createElement('a');
  link.href = new URL(url, document.baseURI).href;
  link.download = fileName;
  link.click();
}
