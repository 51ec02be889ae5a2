/** Deletes a model after a question: the folder where the program made it, otherwise only its place on the list. */
import { Button, Group, Popover, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconTrash } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { KnownModel } from '../../../../shared/contract/models.ts';
import { api } from '../../api/queries.ts';
import { showFailure } from '../../components/failure-notice.ts';
import { bytes, counted } from '../../components/numbers.ts';

type Props = Readonly<{ model: KnownModel; modelsFolder: string; onDeleted: () => void }>;

export function DeleteModel({ model, modelsFolder, onDeleted }: Props) {
  const [opened, setOpened] = useState(false);
  const queries = useQueryClient();
  const remove = useMutation({
    ...api.models.delete.mutationOptions(),
    onSuccess: async ({ deletedBytes }) => {
      const message = deletedBytes === 0 ? 'It is off the list; its files stay.' : `${bytes(deletedBytes)} are free.`;
      notifications.show({ color: 'teal', title: `${model.name}: deleted`, message });
      onDeleted();
      await queries.invalidateQueries({ queryKey: api.models.key() });
    },
    onError: showFailure,
  });
  const isOwn = model.exists && [`${modelsFolder}/`, `${modelsFolder}\\`].some((start) => model.path.startsWith(start));
  const verb = isOwn ? 'Delete' : 'Take off the list';
  return (
    <Popover opened={opened} onChange={setOpened} position="top-end" width={320} trapFocus returnFocus>
      <Popover.Target>
        <Button
          variant="subtle"
          color="red"
          leftSection={<IconTrash size={16} />}
          onClick={() => setOpened((was) => !was)}
        >
          {verb}…
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="sm">
          <Text size="sm">
            {isOwn
              ? `Its folder${model.sizeBytes === null ? '' : ` (${bytes(model.sizeBytes)})`} will be deleted.`
              : 'Its files stay where they are.'}
            {model.runCount === 0
              ? ''
              : ` ${counted(model.runCount, 'run')} of it stay; to resume one, it is needed again.`}
          </Text>
          <Group justify="flex-end">
            <Button variant="default" size="compact-sm" onClick={() => setOpened(false)}>
              Keep it
            </Button>
            <Button
              color="red"
              size="compact-sm"
              loading={remove.isPending}
              onClick={() => remove.mutate({ fingerprint: model.fingerprint })}
            >
              {verb}
            </Button>
          </Group>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
