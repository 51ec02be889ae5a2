/** What each kind of picker takes, as far as names can tell. */
import type { PickKind } from '../../../shared/bridge.ts';
import type { FolderEntry } from '../../../shared/contract/datasets.ts';

const suggested: Readonly<Record<PickKind, readonly FolderEntry['looksLike'][]>> = {
  dataset: ['dataset'],
  checkpoint: ['checkpoint', 'adapter'],
  bundle: ['bundle'],
  file: ['predictions', 'packed-run'],
};

/** A single data file may be a dataset, a `.pth` a checkpoint; a bundle is always a folder. */
const filesOf: Readonly<Record<PickKind, RegExp>> = {
  dataset: /\.(parquet|jsonl|ndjson|json|tsv|csv)$/i,
  checkpoint: /\.(pth|pt|bin|safetensors)$/i,
  bundle: /^bundle\.json$/i,
  file: /./,
};

export const acceptsFolder = (kind: PickKind): boolean => kind !== 'file';

/** Whether the entry is likely what is looked for. */
export const suggests = (kind: PickKind, { looksLike }: FolderEntry): boolean => suggested[kind].includes(looksLike);

/** Whether the entry itself can be picked. */
export function mayPick(kind: PickKind, { kind: entryKind, name }: FolderEntry): boolean {
  return entryKind === 'folder' ? acceptsFolder(kind) : filesOf[kind].test(name);
}

/** Whether the text is a whole path rather than words of a name. */
export const isPath = (text: string): boolean => /^\s*(\/|[A-Za-z]:[\\/]|\\\\)/.test(text);
