/** The dataset's questions as pictures, a page at a time; filter, words and place are in the address. */
import { Button, Card, Group, Pill, Select, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { DatasetSummary } from '../../../../shared/sample.ts';
import { failureOf } from '../../api/client.ts';
import { api } from '../../api/queries.ts';
import { useWaitingKeys } from '../../app/key-presses.ts';
import { useKeys } from '../../app/keys.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { count, counted } from '../../components/numbers.ts';
import { navigate } from '../../routing/use-route.ts';
import { termOf, withTerms } from './category-rows.ts';
import type { DatasetRoute } from './dataset-page.tsx';
import { SampleModal } from './sample-modal.tsx';
import { SampleTile } from './sample-tile.tsx';
import classes from './sample-gallery.module.css';

const pageSize = 48;

export function SampleGallery({ route, summary }: Readonly<{ route: DatasetRoute; summary: DatasetSummary }>) {
  const { datasetId, where, text, offset } = route;
  const input = { datasetId, where: [...where], text, limit: pageSize, offset };
  const query = useQuery(api.datasets.samples.queryOptions({ input, placeholderData: keepPreviousData }));
  const [typed, setTyped] = useState(text);
  const [shown, setShown] = useState<number | null>(null);
  const search = useRef<HTMLInputElement>(null);
  const go = (changes: Partial<DatasetRoute>): void => navigate({ ...route, offset: 0, ...changes }, { replace: true });
  const searchFor = useDebouncedCallback((words: string) => go({ text: words }), 250);

  const rows = query.data?.rows ?? [];
  const total = query.data?.total ?? 0;
  const turn = (pages: number): void => {
    const next = offset + pages * pageSize;
    if (next >= 0 && next < total) go({ offset: next });
  };
  // How many pages there are is not known yet.
  useWaitingKeys('page', query.isPending);
  useKeys('Questions of the dataset', [
    { keys: ['/'], description: 'Search', isAtOnce: true, run: () => search.current?.focus() },
    { keys: ['j', 'ArrowRight'], description: 'Next page', run: () => turn(1) },
    { keys: ['k', 'ArrowLeft'], description: 'Previous page', run: () => turn(-1) },
  ]);

  return (
    <Stack gap="sm">
      <Group gap="sm" align="flex-end">
        <TextInput
          ref={search}
          flex={1}
          miw={220}
          leftSection={<IconSearch size={16} aria-hidden="true" />}
          aria-label="Search in questions, options and context"
          placeholder="Search in questions, options and context"
          maxLength={200}
          value={typed}
          onChange={({ currentTarget: { value } }) => {
            setTyped(value);
            searchFor(value);
          }}
        />
        <Select
          w={190}
          aria-label="Split"
          placeholder="All splits"
          clearable
          value={termOf(where, 'split')}
          onChange={(split) => go({ where: withTerms(where, ['split'], split === null ? [] : [`split=${split}`]) })}
          data={Object.entries(summary.splits).map(([split, { rowCount }]) => ({
            value: split,
            label: `${split} (${count(rowCount)})`,
          }))}
        />
      </Group>
      <Group justify="space-between" mih={30}>
        <Group gap={6}>
          {where
            .filter((term) => !term.startsWith('split='))
            .map((term) => (
              <Pill
                key={term}
                withRemoveButton
                removeButtonProps={{ 'aria-label': `Remove ${term}`, 'aria-hidden': false, tabIndex: 0 }}
                onRemove={() => go({ where: where.filter((other) => other !== term) })}
              >
                {term}
              </Pill>
            ))}
          <Text size="sm" c="dimmed" aria-live="polite">
            {query.data === undefined ? 'Reading…' : rangeText(offset, rows.length, total)}
          </Text>
        </Group>
        <Group gap="xs">
          <Button size="compact-sm" variant="default" disabled={offset === 0} onClick={() => turn(-1)}>
            Previous
          </Button>
          <Button size="compact-sm" variant="default" disabled={offset + pageSize >= total} onClick={() => turn(1)}>
            Next
          </Button>
        </Group>
      </Group>
      {query.error === null ? null : <FailureAlert failure={failureOf(query.error)} />}
      {query.data !== undefined && total === 0 && query.error === null ? (
        <Card withBorder padding="xl">
          <Text mb="sm">No question fits this filter.</Text>
          <Button
            variant="light"
            style={{ alignSelf: 'flex-start' }}
            onClick={() => {
              setTyped('');
              go({ where: [], text: '' });
            }}
          >
            Show all questions
          </Button>
        </Card>
      ) : null}
      <div className={classes.grid} data-stale={query.isPlaceholderData || undefined}>
        {rows.map((sample, index) => (
          <SampleTile key={sample.sampleId} sample={sample} onOpen={() => setShown(index)} />
        ))}
      </div>
      <SampleModal
        sample={shown === null ? null : (rows[shown] ?? null)}
        onStep={(step) => setShown((now) => Math.min(rows.length - 1, Math.max(0, (now ?? 0) + step)))}
        onClose={() => setShown(null)}
      />
    </Stack>
  );
}

function rangeText(offset: number, length: number, total: number): string {
  if (total === 0) return 'No questions';
  if (length === 0) return counted(total, 'question');
  return `${count(offset + 1)}–${count(offset + length)} of ${counted(total, 'question')}`;
}
