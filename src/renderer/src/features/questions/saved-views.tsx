/** Filters kept under a name: apply, save, replace, rename, delete. A view holds filter, order and shape, no run. */
import { ActionIcon, Button, Group, Menu, Modal, Stack, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconBookmark, IconDeviceFloppy, IconPencil, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { failureOf } from '../../api/client.ts';
import { api } from '../../api/queries.ts';
import { showFailure } from '../../components/failure-notice.ts';

const maximumName = 100;

export type SavedViewsProps = Readonly<{
  /** The page's address behind `?`, as it is now. */
  query: string;
  onApply: (query: string) => void;
}>;

export function SavedViews({ query, onApply }: SavedViewsProps) {
  const [managing, setManaging] = useState(false);
  const { data, error } = useQuery(api.views.list.queryOptions());
  const views = data?.views ?? [];
  const current = views.find((view) => sameView(view.query, query))?.name ?? null;
  return (
    <>
      <Menu position="bottom-end" width={260}>
        <Menu.Target>
          <Button variant="default" size="sm" px="sm" leftSection={<IconBookmark size={16} />} maw={180}>
            {current ?? 'Views'}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {error !== null && data === undefined ? (
            <Menu.Label>The saved views could not be read: {failureOf(error).message}</Menu.Label>
          ) : views.length === 0 ? (
            <Menu.Label>No saved views yet: a view keeps filter, order and shape under a name.</Menu.Label>
          ) : (
            views.map(({ name, query: saved }) => (
              <Menu.Item key={name} onClick={() => onApply(saved)} fw={name === current ? 650 : 400}>
                {name}
              </Menu.Item>
            ))
          )}
          <Menu.Divider />
          <Menu.Item leftSection={<IconDeviceFloppy size={16} />} onClick={() => setManaging(true)}>
            Save or manage views…
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {managing ? (
        <ManageViews
          query={query}
          views={views}
          onApply={(saved) => {
            setManaging(false);
            onApply(saved);
          }}
          onClose={() => setManaging(false)}
        />
      ) : null}
    </>
  );
}

/** Addresses written in another way may mean the same. */
const sameView = (a: string, b: string): boolean => meaningOf(a) === meaningOf(b);
const meaningOf = (query: string): string => JSON.stringify([...new URLSearchParams(query)]);

type View = Readonly<{ name: string; query: string }>;

type ManageViewsProps = SavedViewsProps & Readonly<{ views: readonly View[]; onClose: () => void }>;

function ManageViews({ query, views, onApply, onClose }: ManageViewsProps) {
  const [name, setName] = useState('');
  const { save, remove } = useViewChanges();
  const trimmed = name.trim();
  const isTaken = views.some((view) => view.name === trimmed);
  return (
    <Modal opened onClose={onClose} title="Saved views" size="md">
      <Stack gap="md">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            save.mutate({ name: trimmed, query }, { onSuccess: onClose });
          }}
        >
          <Group gap="sm" align="flex-end" wrap="nowrap">
            <TextInput
              label="Save what is shown as"
              value={name}
              maxLength={maximumName}
              onChange={({ currentTarget }) => setName(currentTarget.value)}
              style={{ flex: 1 }}
              data-autofocus
            />
            <Button type="submit" disabled={trimmed === ''} loading={save.isPending}>
              {isTaken ? 'Replace' : 'Save'}
            </Button>
          </Group>
        </form>
        <Text size="sm" c="dimmed">
          A name that is taken is replaced. Views are shared by all runs of this store.
        </Text>
        <Stack gap={4}>
          {views.length === 0 ? <Text size="sm">None is saved yet. Name what is shown, and it is here.</Text> : null}
          {views.map((view) => (
            <ViewRow
              key={view.name}
              view={view}
              onApply={() => onApply(view.query)}
              isTaken={(name) => views.some((other) => other.name === name)}
              onDelete={() =>
                remove.mutate({ name: view.name }, { onSuccess: () => tellDeleted(view, () => save.mutate(view)) })
              }
              onRename={(renamed) =>
                save.mutate(
                  { name: renamed, query: view.query },
                  { onSuccess: () => remove.mutate({ name: view.name }) },
                )
              }
            />
          ))}
        </Stack>
      </Stack>
    </Modal>
  );
}

/** What was deleted by mistake comes back with one click. */
function tellDeleted({ name }: View, restore: () => void): void {
  const id = notifications.show({
    title: `View “${name}” deleted`,
    message: (
      <Button
        size="compact-sm"
        variant="default"
        mt={4}
        onClick={() => {
          notifications.hide(id);
          restore();
        }}
      >
        Undo
      </Button>
    ),
    autoClose: 10_000,
  });
}

function useViewChanges() {
  const queries = useQueryClient();
  const onSettled = () => queries.invalidateQueries({ queryKey: api.views.key() });
  const save = useMutation(api.views.save.mutationOptions({ onSettled, onError: showFailure }));
  const remove = useMutation(api.views.delete.mutationOptions({ onSettled, onError: showFailure }));
  return { save, remove };
}

type ViewRowProps = Readonly<{
  view: View;
  onApply: () => void;
  /** Whether another view has the name. */
  isTaken: (name: string) => boolean;
  onRename: (name: string) => void;
  onDelete: () => void;
}>;

function ViewRow({ view, onApply, isTaken, onRename, onDelete }: ViewRowProps) {
  const [renamed, setRenamed] = useState<string | null>(null);
  if (renamed !== null) {
    const name = renamed.trim();
    const clash = name !== view.name && isTaken(name);
    return (
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (clash) return;
          if (name !== '' && name !== view.name) onRename(name);
          setRenamed(null);
        }}
      >
        <Group gap="xs" wrap="nowrap" align="flex-start">
          <TextInput
            error={clash ? 'Another view has this name' : null}
            onKeyDown={(event) => {
              if (event.key !== 'Escape') return;
              // Ends the renaming, not the dialog.
              event.stopPropagation();
              setRenamed(null);
            }}
            aria-label={`New name of ${view.name}`}
            size="xs"
            value={renamed}
            maxLength={maximumName}
            autoFocus
            onChange={({ currentTarget }) => setRenamed(currentTarget.value)}
            style={{ flex: 1 }}
          />
          <Button type="submit" size="compact-sm" mt={3} disabled={clash}>
            Rename
          </Button>
        </Group>
      </form>
    );
  }
  return (
    <Group gap={4} wrap="nowrap" justify="space-between">
      <Button variant="subtle" size="compact-sm" onClick={onApply}>
        {view.name}
      </Button>
      <Group gap={4} wrap="nowrap">
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={`Rename ${view.name}`}
          onClick={() => setRenamed(view.name)}
        >
          <IconPencil size={16} />
        </ActionIcon>
        <ActionIcon variant="subtle" color="red" aria-label={`Delete ${view.name}`} onClick={onDelete}>
          <IconTrash size={16} />
        </ActionIcon>
      </Group>
    </Group>
  );
}
