/** Which addresses are the program's own, and which may be opened in the user's browser. */

/** The scheme under which windows load the page, its images and downloads. */
export const appScheme = 'penumbra';
export const appOrigin = `${appScheme}://app`;
export const startAddress = `${appOrigin}/index.html`;

/** Hosts whose https pages the program links to. */
const linkedHosts: ReadonlySet<string> = new Set(['arxiv.org', 'doi.org', 'github.com', 'huggingface.co']);

export function isOwnAddress(address: string): boolean {
  const url = URL.parse(address);
  return url !== null && url.protocol === `${appScheme}:` && url.host === 'app';
}

export function mayOpenOutside(address: string): boolean {
  const url = URL.parse(address);
  if (url === null || url.protocol !== 'https:' || url.username !== '' || url.port !== '') return false;
  return linkedHosts.has(url.hostname);
}
