/** Tags of the question (they belong to it in every run), and the one that excludes it from all counts. */
import { Switch, TagsInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { QuestionDetail } from '../../../../shared/contract/questions.ts';
import { exclusionTag } from '../../../../shared/exclusion-tag.ts';
import { failureOf } from '../../api/client.ts';
import { api } from '../../api/queries.ts';

export type TagsEditorProps = Readonly<{ runId: string; detail: QuestionDetail }>;

export function TagsEditor({ runId, detail }: TagsEditorProps) {
  const known = useQuery(api.questions.tags.queryOptions());
  const queries = useQueryClient();
  const tag = useMutation(
    api.questions.tag.mutationOptions({
      onSettled: () =>
        Promise.all([
          queries.invalidateQueries({ queryKey: api.questions.key() }),
          queries.invalidateQueries({ queryKey: api.runs.key() }),
        ]),
      onError: (error) =>
        notifications.show({ color: 'red', title: 'The tags were not saved', message: failureOf(error).message }),
    }),
  );
  const change = (add: readonly string[], remove: readonly string[]): void =>
    tag.mutate({ runId, sampleIds: [detail.sample.sampleId], add: [...add], remove: [...remove] });
  const shown = tag.isPending ? pendingTags(detail.tags, tag.variables) : detail.tags;
  const others = shown.filter((name) => name !== exclusionTag);
  return (
    <>
      <TagsInput
        mt="md"
        size="xs"
        label="Tags of this question, in all runs"
        placeholder={others.length === 0 ? 'look again, ambiguous, …' : ''}
        maxLength={60}
        data={(known.data?.tags ?? []).map(({ tag: name }) => name).filter((name) => name !== exclusionTag)}
        value={others}
        onChange={(next) =>
          change(
            next.filter((name) => !others.includes(name)),
            others.filter((name) => !next.includes(name)),
          )
        }
      />
      <Switch
        mt="xs"
        size="xs"
        label="Bad gold answer: leave this question out of every count"
        checked={shown.includes(exclusionTag)}
        onChange={({ currentTarget: { checked } }) =>
          change(checked ? [exclusionTag] : [], checked ? [] : [exclusionTag])
        }
      />
    </>
  );
}

function pendingTags(
  tags: readonly string[],
  change: Readonly<{ add?: string[] | undefined; remove?: string[] | undefined }>,
): string[] {
  const kept = tags.filter((name) => change.remove?.includes(name) !== true);
  return [...kept, ...(change.add ?? []).filter((name) => !kept.includes(name))];
}
