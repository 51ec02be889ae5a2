/** The run's name as the page's title; a pencil renames in place. */
import { ActionIcon, Group, TextInput, Title, Tooltip } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { RunSummary } from '../../../../shared/run.ts';
import { api } from '../../api/queries.ts';
import { showFailure } from '../../components/failure-notice.ts';
import { runTitle } from './run-title.ts';

export function RunName({ run }: Readonly<{ run: RunSummary }>) {
  const [draft, setDraft] = useState<string | null>(null);
  // Enter and Escape give the focus back to the pencil; a click elsewhere has put it there.
  const [wasKey, setWasKey] = useState(false);
  const end = (byKey: boolean): void => {
    setDraft(null);
    setWasKey(byKey);
  };
  const queries = useQueryClient();
  const rename = useMutation(
    api.runs.rename.mutationOptions({
      onSuccess: () => queries.invalidateQueries({ queryKey: api.runs.key() }),
      onError: showFailure,
    }),
  );
  if (draft === null) {
    return (
      <Group gap={6} wrap="nowrap" miw={0}>
        <Title order={1} size="h2" lineClamp={1} title={runTitle(run)}>
          {runTitle(run)}
        </Title>
        <Tooltip label="Rename">
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label="Rename the run"
            autoFocus={wasKey}
            onClick={() => setDraft(runTitle(run))}
          >
            <IconPencil size={16} />
          </ActionIcon>
        </Tooltip>
      </Group>
    );
  }
  const save = (byKey: boolean): void => {
    const label = draft.trim();
    end(byKey);
    if (label !== '' && label !== runTitle(run)) rename.mutate({ runId: run.runId, label });
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save(true);
      }}
    >
      <TextInput
        data-autofocus
        autoFocus
        aria-label="Name of the run"
        value={draft}
        maxLength={200}
        w={420}
        onChange={(event) => setDraft(event.currentTarget.value)}
        onBlur={() => save(false)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') end(true);
        }}
      />
    </form>
  );
}
