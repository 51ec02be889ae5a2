/**
 * Picks a folder or file of the core's machine: its folders in a browser, the system's own dialog in the window.
 * Keys: type to filter, arrows and Enter to go, Backspace to go up, or paste a whole path.
 */
import { Alert, Button, Checkbox, Group, Loader, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { KeyboardEvent } from 'react';
import { useEffect, useId, useRef, useState } from 'react';
import type { PickKind } from '../../../shared/bridge.ts';
import type { FolderEntry } from '../../../shared/contract/datasets.ts';
import { failureOf } from '../api/client.ts';
import { api } from '../api/queries.ts';
import { windowBridge } from '../app/window-bridge.ts';
import { FailureAlert } from './failure-alert.tsx';
import { FolderCrumbs } from './folder-crumbs.tsx';
import { FolderEntries, optionId } from './folder-entries.tsx';
import { acceptsFolder, isPath, mayPick, suggests } from './picked-kinds.ts';

export type PathPickerProps = Readonly<{
  opened: boolean;
  title: string;
  kind: PickKind;
  onPick: (path: string) => void;
  onClose: () => void;
}>;

export function PathPicker(props: PathPickerProps) {
  return windowBridge().pickPath === undefined ? <FolderDialog {...props} /> : <SystemDialog {...props} />;
}

/** Nothing of the page: the system's dialog opens when the picker does. */
function SystemDialog({ opened, title, kind, onPick, onClose }: PathPickerProps) {
  const asked = useRef(false);
  useEffect(() => {
    const { pickPath } = windowBridge();
    if (!opened || asked.current || pickPath === undefined) return;
    asked.current = true;
    void pickPath({ title, kind })
      .then((path) => (path === null ? undefined : onPick(path)))
      .finally(() => {
        asked.current = false;
        onClose();
      });
  }, [opened, title, kind, onPick, onClose]);
  return null;
}

function FolderDialog({ opened, title, kind, onPick, onClose }: PathPickerProps) {
  return (
    <Modal opened={opened} onClose={onClose} title={title} size="xl">
      <FolderBrowser
        kind={kind}
        onPick={(path) => {
          onPick(path);
          onClose();
        }}
      />
    </Modal>
  );
}

/** Where the last picker stood; the next one starts there. */
let lastFolder: string | null = null;

function FolderBrowser({ kind, onPick }: Readonly<{ kind: PickKind; onPick: (path: string) => void }>) {
  const [folder, setFolder] = useState(lastFolder);
  const [showHidden, setShowHidden] = useState(false);
  const [filter, setFilter] = useState('');
  const [active, setActive] = useState(-1);
  const listId = useId();
  const input = useRef<HTMLInputElement>(null);
  const query = useQuery(
    api.folders.list.queryOptions({ input: { path: folder, showHidden }, placeholderData: keepPreviousData }),
  );
  const [spoken, setSpoken] = useState('');
  const announce = useDebouncedCallback((text: string) => setSpoken(text), 400);

  useEffect(() => {
    // Only a folder that could be listed: the next picker should not open on a failure.
    if (query.isSuccess && !query.isPlaceholderData) lastFolder = query.data.path;
  }, [query.isSuccess, query.isPlaceholderData, query.data]);

  const typedPath = isPath(filter) ? filter.trim() : null;
  const listed = query.error === null ? query.data : undefined;
  const words = typedPath === null ? filter.trim().toLowerCase() : '';
  const entries = (listed?.entries ?? []).filter(({ name }) => name.toLowerCase().includes(words));
  const activeEntry = entries[active];

  const goTo = (path: string | null): void => {
    setFolder(path);
    setFilter('');
    setActive(-1);
    input.current?.focus();
  };
  const open = (entry: FolderEntry): void => {
    if (entry.kind === 'folder') goTo(entry.path);
    else if (mayPick(kind, entry)) onPick(entry.path);
  };
  const target = typedPath ?? targetOf(kind, activeEntry, listed?.path);

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    const move = moves[event.key];
    if (move !== undefined && entries.length > 0) {
      event.preventDefault();
      setActive(Math.min(entries.length - 1, Math.max(0, active + move)));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      if (typedPath !== null) onPick(typedPath);
      else if ((event.ctrlKey || event.metaKey) && target !== null) onPick(target);
      else if (activeEntry !== undefined) open(activeEntry);
      else if (entries.length === 1 && entries[0] !== undefined && filter !== '') open(entries[0]);
    } else if (event.key === 'Backspace' && filter === '' && typeof listed?.parent === 'string') {
      event.preventDefault();
      goTo(listed.parent);
    }
  };

  return (
    <Stack gap="sm">
      <TextInput
        ref={input}
        data-autofocus
        aria-label="Filter, or a path"
        placeholder="Type to filter, or paste a path"
        value={filter}
        onChange={({ currentTarget: { value } }) => {
          setFilter(value);
          setActive(-1);
          announce(value);
        }}
        onKeyDown={onKeyDown}
        role="combobox"
        aria-expanded={query.error === null}
        {...(query.error === null ? { 'aria-controls': listId } : {})}
        aria-autocomplete="list"
        {...(activeEntry === undefined ? {} : { 'aria-activedescendant': optionId(listId, active) })}
        rightSection={query.isFetching ? <Loader size="xs" role="status" aria-label="Reading the folder" /> : null}
        spellCheck={false}
        autoComplete="off"
      />
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        {listed === undefined ? <span /> : <FolderCrumbs path={listed.path} root={listed.root} onGo={goTo} />}
        <Checkbox
          size="xs"
          label="Hidden"
          checked={showHidden}
          onChange={({ currentTarget: { checked } }) => setShowHidden(checked)}
        />
      </Group>
      {query.error === null ? (
        <FolderEntries
          listId={listId}
          entries={entries}
          kind={kind}
          active={active}
          emptyText={words === '' ? 'This folder is empty.' : `Nothing here contains “${words}”.`}
          onActivate={setActive}
          onOpen={open}
        />
      ) : (
        <>
          <FailureAlert failure={failureOf(query.error)} />
          <Button variant="default" onClick={() => goTo(null)} style={{ alignSelf: 'flex-start' }}>
            Back to the top folder
          </Button>
        </>
      )}
      {(listed?.leftOut ?? 0) === 0 ? null : (
        <Alert color="gray" py="xs">
          {`${(listed?.leftOut ?? 0).toLocaleString('en-US')} more entries are not listed; paste the path to reach one.`}
        </Alert>
      )}
      <Group justify="space-between" wrap="nowrap">
        <Text size="xs" c="dimmed" aria-live="polite">
          {spoken === '' || query.error !== null
            ? 'Arrows and Enter go into a folder, Backspace goes up.'
            : `${entries.length} entries`}
        </Text>
        <Group gap="xs" wrap="nowrap">
          {typedPath === null ? null : (
            <Button variant="default" onClick={() => goTo(typedPath)}>
              Browse there
            </Button>
          )}
          <Button disabled={target === null} onClick={() => target !== null && onPick(target)} maw={360}>
            {target === null ? 'Choose' : `Choose ${nameOf(target)}`}
          </Button>
        </Group>
      </Group>
    </Stack>
  );
}

const moves: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 };

/** What the button would pick: the entry under the cursor where it fits, else the folder itself. */
function targetOf(kind: PickKind, active: FolderEntry | undefined, folder: string | undefined): string | null {
  if (active !== undefined && (active.kind === 'file' ? mayPick(kind, active) : suggests(kind, active))) {
    return active.path;
  }
  return acceptsFolder(kind) ? (folder ?? null) : null;
}

const nameOf = (path: string): string => path.split(/[/\\]/).filter(Boolean).at(-1) ?? path;
