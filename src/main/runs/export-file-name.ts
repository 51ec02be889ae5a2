/** Names of downloads: from what a user called a run, as every file system takes them. */

/** Windows knows these as devices, with any extension. */
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)$/i;
const longest = 80;

/** `parts` joined, letters and digits of every script kept, all else turned into dashes; `extension` has no dot. */
export function safeFileName(parts: readonly string[], extension: string): string {
  const words = parts.map((part) =>
    part
      .normalize('NFC')
      .replaceAll(/[^\p{L}\p{M}\p{N}._ ()+=-]+/gu, '-')
      .replaceAll(/^[\s.-]+|[\s.-]+$/g, ''),
  );
  const kind = words.at(-1) ?? '';
  const label = words.slice(0, -1).join(' ');
  // The kind is what tells two downloads of one run apart: the label gives way. Code points: no half of a pair is left.
  const room = Math.max(0, longest - kind.length - 1);
  const cut = Array.from(label).slice(0, room).join('').trim();
  const name = cut === '' ? kind : `${cut} ${kind}`;
  return `${name === '' || reserved.test(name) ? `run ${name}`.trim() : name}.${extension}`;
}
