/**
 * The licence of a dataset, and where that is said: a `dataset.json`, else the dataset card's front matter (`license:` of README.md),
 * else a LICENSE file beside it, else what the format's own publication states. Never a guess from the rows.
 */
import { open } from 'node:fs/promises';
import { systemCode } from '../files/io-failure.ts';
import { failureOf } from '../../shared/failure.ts';
import type { DatasetFolder } from './folder.ts';

export type KnownLicence = Readonly<{ name: string; source: string }>;

/** `CC-BY-SA-4.0 (README.md)`, or null when nothing says it. */
export async function findLicence(
  folder: DatasetFolder,
  mapped: string | undefined,
  known: KnownLicence | null,
): Promise<string | null> {
  if (mapped !== undefined) return `${mapped} (dataset.json)`;
  const card = await readHead(folder, 'README.md');
  const stated = card === null ? null : licenceOfCard(card);
  if (stated !== null) return `${stated} (dataset card, README.md)`;
  for (const name of ['LICENSE', 'LICENSE.txt', 'LICENSE.md', 'LICENCE', 'LICENCE.txt', 'LICENCE.md']) {
    const text = await readHead(folder, name);
    const title = text?.split(/\r?\n/).find((line) => /[A-Za-z]{2}/.test(line));
    if (title !== undefined) return `${title.replaceAll(/^[\s#*=]+|[\s#*=]+$/g, '').slice(0, 100)} (${name})`;
  }
  return known === null ? null : `${known.name} (${known.source})`;
}

/** The `pretty_name` entry of the dataset card's front matter; null where there is none. */
export async function findPrettyName(folder: DatasetFolder): Promise<string | null> {
  const card = await readHead(folder, 'README.md');
  const front = card === null ? undefined : frontMatter.exec(card)?.[1];
  const line = front?.split(/\r?\n/).find((candidate) => /^pretty_name\s*:/.test(candidate));
  const name = plainScalar(line?.replace(/^pretty_name\s*:/, '') ?? '').slice(0, 100);
  return name === '' ? null : name;
}

const frontMatter = /^\uFEFF?---\r?\n([\s\S]*?)\r?\n---/;

/** The `license` entry of a card's YAML front matter: a name, or a list of names. */
export function licenceOfCard(card: string): string | null {
  const front = frontMatter.exec(card)?.[1];
  if (front === undefined) return null;
  const lines = front.split(/\r?\n/);
  const at = lines.findIndex((line) => /^licen[sc]e\s*:/.test(line));
  if (at === -1) return null;
  const inline = plainScalar(lines[at]?.replace(/^licen[sc]e\s*:/, '') ?? '');
  if (inline !== '') {
    return (
      inline
        .replaceAll(/^\[|\]$/g, '')
        .split(',')
        .map(plainScalar)
        .filter((name) => name !== '')
        .join(', ') || null
    );
  }
  const names: string[] = [];
  for (const line of lines.slice(at + 1)) {
    const item = /^\s*-\s+(.*)$/.exec(line)?.[1];
    if (item === undefined) break;
    names.push(plainScalar(item));
  }
  return names.length === 0 ? null : names.join(', ');
}

function plainScalar(text: string): string {
  const value = text.replace(/\s+#.*$/, '').trim();
  return /^(["']).*\1$/.test(value) ? value.slice(1, -1) : value;
}

/** The first 64 KiB of a text beside the data, or of one in the folder above `data/`; null when there is none. */
async function readHead(folder: DatasetFolder, name: string): Promise<string | null> {
  try {
    const lookup = await folder.find([name]);
    if (lookup.kind !== 'found') return null;
    const handle = await open(await folder.resolve(lookup.path));
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(2 ** 16), 0, 2 ** 16, 0);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    // A card that cannot be read says nothing; the dataset itself may still be fine.
    if (systemCode(error) !== undefined || failureOf(error) !== undefined) return null;
    throw error;
  }
}
