/** The entries of a folder as a list that stays quick with thousands; the cursor is the picker's. */
import { Badge, Group, Text } from '@mantine/core';
import { IconFile, IconFolder } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import type { PickKind } from '../../../shared/bridge.ts';
import type { FolderEntry } from '../../../shared/contract/datasets.ts';
import classes from './folder-entries.module.css';
import { bytes } from './numbers.ts';
import { mayPick, suggests } from './picked-kinds.ts';

const rowHeight = 34;

/** DOM id of an entry, for `aria-activedescendant`. */
export const optionId = (listId: string, index: number): string => `${listId}-${index}`;

type FolderEntriesProps = Readonly<{
  listId: string;
  entries: readonly FolderEntry[];
  kind: PickKind;
  /** -1: none. */
  active: number;
  emptyText: string;
  onActivate: (index: number) => void;
  onOpen: (entry: FolderEntry) => void;
}>;

export function FolderEntries({ listId, entries, kind, active, emptyText, onActivate, onOpen }: FolderEntriesProps) {
  const frame = useRef<HTMLDivElement>(null);
  // oxlint-disable-next-line react/incompatible-library -- nothing here is memoised by a compiler
  const rows = useVirtualizer({
    count: entries.length,
    getScrollElement: () => frame.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  useEffect(() => {
    if (active >= 0) rows.scrollToIndex(active);
  }, [active, rows]);

  return (
    <div ref={frame} className={classes.frame}>
      <div
        id={listId}
        role="listbox"
        aria-label="Folders and files"
        style={{ height: rows.getTotalSize(), position: 'relative' }}
      >
        {rows.getVirtualItems().map(({ index, start }) => {
          const entry = entries[index];
          if (entry === undefined) return null;
          const usable = entry.kind === 'folder' || mayPick(kind, entry);
          return (
            <div
              key={entry.path}
              id={optionId(listId, index)}
              role="option"
              aria-selected={index === active}
              aria-disabled={!usable}
              className={classes.entry}
              data-active={index === active || undefined}
              style={{ height: rowHeight, transform: `translateY(${start}px)` }}
              onClick={() => (entry.kind === 'folder' ? onOpen(entry) : onActivate(index))}
              onDoubleClick={() => onOpen(entry)}
            >
              <EntryIcon entry={entry} />
              <Text size="sm" truncate flex={1} {...(usable ? {} : { c: 'dimmed' })} title={entry.name}>
                {entry.name}
              </Text>
              <Group gap="xs" wrap="nowrap">
                {entry.looksLike === null ? null : (
                  <Badge size="sm" variant="light" color={suggests(kind, entry) ? 'violet' : 'gray'}>
                    {likenessNames[entry.looksLike]}
                  </Badge>
                )}
                {entry.sizeBytes === null ? null : (
                  <Text size="xs" c="dimmed" w={72} ta="right">
                    {bytes(entry.sizeBytes)}
                  </Text>
                )}
              </Group>
            </div>
          );
        })}
      </div>
      {entries.length === 0 ? (
        <Text size="sm" c="dimmed" p="md">
          {emptyText}
        </Text>
      ) : null}
    </div>
  );
}

const likenessNames: Readonly<Record<NonNullable<FolderEntry['looksLike']>, string>> = {
  dataset: 'dataset',
  checkpoint: 'checkpoint',
  bundle: 'model',
  adapter: 'adapter',
  predictions: 'predictions',
  'packed-run': 'packed run',
};

function EntryIcon({ entry: { kind } }: Readonly<{ entry: FolderEntry }>) {
  return kind === 'folder' ? (
    <IconFolder size={18} aria-label="Folder" className={classes.folder} />
  ) : (
    <IconFile size={18} aria-label="File" className={classes.file} />
  );
}
