/** Adds tags to questions, or takes them away; a tag belongs to the question, whichever run it is seen in. */
import { Button, Group, Modal, Stack, TagsInput, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { exclusionTag } from '../../../../shared/exclusion-tag.ts';
import type { ScorerName } from '../../../../shared/prediction.ts';
import { failureOf } from '../../api/client.ts';
import { api } from '../../api/queries.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { counted } from '../../components/numbers.ts';
import type { Scope } from './scope-actions.tsx';

const limits = { maxTags: 20, maxLength: 60, clearable: true } as const;

export type TagDialogProps = Readonly<{ runId: string; scorer: ScorerName | null; scope: Scope; onClose: () => void }>;

export function TagDialog({ runId, scorer, scope, onClose }: TagDialogProps) {
  const [add, setAdd] = useState<string[]>([]);
  const [remove, setRemove] = useState<string[]>([]);
  const queries = useQueryClient();
  const known = useQuery(api.questions.tags.queryOptions());
  const names = known.data?.tags.map(({ tag }) => tag) ?? [];
  const tag = useMutation(
    api.questions.tag.mutationOptions({
      onSuccess: ({ changed }) => {
        notifications.show({ message: `${counted(changed, 'question')} changed.` });
        onClose();
      },
      onSettled: () =>
        Promise.all([
          queries.invalidateQueries({ queryKey: api.questions.key() }),
          queries.invalidateQueries({ queryKey: api.runs.key() }),
        ]),
    }),
  );
  const selection = { runId, where: [...scope.where], ...(scorer === null ? {} : { scorer }) };
  return (
    <Modal opened onClose={onClose} title={`Tag ${scope.label}`} size="md">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          tag.mutate({ selection, add, remove });
        }}
      >
        <Stack gap="md">
          <TagsInput
            label="Add"
            description="Enter ends a tag"
            data={[...new Set([exclusionTag, ...names])]}
            value={add}
            onChange={setAdd}
            data-autofocus
            acceptValueOnBlur
            {...limits}
          />
          <TagsInput label="Remove" data={names} value={remove} onChange={setRemove} acceptValueOnBlur {...limits} />
          <Text size="sm" c="dimmed">
            Tags belong to the question and show in every run that holds it. A question tagged <b>{exclusionTag}</b> is
            left out of every count and accuracy, in all runs; lists still show it, marked.
          </Text>
          {tag.error === null ? null : <FailureAlert failure={failureOf(tag.error)} />}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={tag.isPending} disabled={add.length + remove.length === 0}>
              Change tags of {counted(scope.count, 'question')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
