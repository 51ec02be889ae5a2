/** Which questions: dataset, split, domains and topics with their counts, a selection of another run, a limit. */
import {
  Alert,
  Button,
  Card,
  Chip,
  Group,
  MultiSelect,
  NumberInput,
  Select,
  Stack,
  Switch,
  Text,
  Title,
} from '@mantine/core';
import { IconFolderOpen } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { KnownDataset } from '../../../../shared/contract/datasets.ts';
import type { QuestionSelection } from '../../../../shared/contract/runs.ts';
import type { DatasetSummary, SplitSummary } from '../../../../shared/sample.ts';
import { failureOf } from '../../api/client.ts';
import { api } from '../../api/queries.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { count } from '../../components/numbers.ts';
import { PathPicker } from '../../components/path-picker.tsx';
import { PathText } from '../../components/path-text.tsx';
import { DatasetsBelow } from '../datasets/datasets-below.tsx';
import type { Draft } from './draft.ts';

export type QuestionsCardProps = Readonly<{
  draft: Draft;
  datasets: readonly KnownDataset[];
  /** Questions of the run that this one starts from, by the filter that was set there. */
  offered: QuestionSelection | null;
  onChange: (changes: Partial<Draft>) => void;
}>;

export function QuestionsCard({ draft, datasets, offered, onChange }: QuestionsCardProps) {
  const queries = useQueryClient();
  const opening = useMutation(
    api.datasets.open.mutationOptions({
      onSuccess: async ({ summary }) => {
        await queries.invalidateQueries({ queryKey: api.datasets.key() });
        onChange({ dataset: summary.path, split: null, where: [], selection: null });
      },
    }),
  );
  const open = (path: string): void => opening.mutate({ path });
  const known = datasets.find(({ path }) => path === draft.dataset);
  const shown = useQuery({
    ...api.datasets.show.queryOptions({ input: { datasetId: known?.datasetId ?? '' } }),
    enabled: known !== undefined,
    staleTime: 60_000,
  });
  const summary = shown.data?.summary;
  const options = datasets.filter(({ exists }) => exists).map(({ path, name }) => ({ value: path, label: name }));
  const isListed = draft.dataset === null || options.some(({ value }) => value === draft.dataset);
  return (
    <Card withBorder component="section" aria-label="Questions">
      <Title order={2} size="h4" mb="sm">
        Questions
      </Title>
      <Stack gap="sm">
        <Group align="flex-end" gap="xs" wrap="nowrap">
          <Select
            label="Dataset"
            placeholder={options.length === 0 ? 'Open one first' : 'Choose a dataset'}
            data={isListed ? options : [...options, { value: draft.dataset ?? '', label: draft.dataset ?? '' }]}
            value={draft.dataset}
            searchable
            allowDeselect={false}
            style={{ flexGrow: 1 }}
            onChange={(dataset) => onChange({ dataset, split: null, where: [], selection: null })}
          />
          <OpenDataset isOpening={opening.isPending} onPick={open} />
        </Group>
        {opening.error === null ? null : <FailureAlert failure={failureOf(opening.error)} />}
        {opening.error !== null && failureOf(opening.error).kind === 'unknown-format' ? (
          <DatasetsBelow path={opening.variables.path} onOpen={open} />
        ) : null}
        {known === undefined ? null : (
          <Text size="xs" c="dimmed" truncate title={known.path}>
            <PathText path={known.path} />
          </Text>
        )}
        {shown.error === null ? null : <FailureAlert failure={failureOf(shown.error)} />}
        {offered === null ? null : (
          <Alert color="violet" variant="light">
            <Switch
              checked={draft.selection !== null}
              onChange={(event) => onChange({ selection: event.currentTarget.checked ? offered : null })}
              label="Only the questions of the filter that you came from"
              description={offered.where.join('  ')}
            />
          </Alert>
        )}
        {summary === undefined ? null : <Filter draft={draft} summary={summary} onChange={onChange} />}
        <NumberInput
          label="Limit"
          description="Only the first questions, in the dataset's order"
          placeholder="all"
          value={draft.limit ?? ''}
          min={1}
          allowDecimal={false}
          w={260}
          onChange={(value) => onChange({ limit: typeof value === 'number' && value >= 1 ? value : null })}
        />
      </Stack>
    </Card>
  );
}

type FilterProps = Readonly<{
  draft: Draft;
  summary: DatasetSummary;
  onChange: QuestionsCardProps['onChange'];
}>;

function Filter({ draft, summary, onChange }: FilterProps) {
  const splits = Object.keys(summary.splits);
  const usual = splits.includes('test') ? 'test' : splits.at(-1);
  const part: SplitSummary | undefined = summary.splits[draft.split ?? usual ?? ''];
  const valuesOf = (field: string): string[] =>
    draft.where.filter((term) => term.startsWith(`${field}=`)).map((term) => term.slice(field.length + 1));
  const choose = (field: string, values: readonly string[]): void =>
    onChange({
      where: [
        ...draft.where.filter((term) => !term.startsWith(`${field}=`)),
        ...values.map((value) => `${field}=${value}`),
      ],
    });
  const other = draft.where.filter((term) => !/^(domain|topic)=/.test(term));
  const topics = new Map<string, number>();
  for (const [key, questions] of Object.entries(part?.byTopic ?? {})) {
    const topic = key.slice(key.indexOf('/') + 1);
    topics.set(topic, (topics.get(topic) ?? 0) + questions);
  }
  return (
    <>
      <Select
        label="Split"
        data={splits.map((split) => ({
          value: split,
          label: `${split === '' ? '(none)' : split} (${count(summary.splits[split]?.rowCount ?? 0)})`,
        }))}
        value={draft.split ?? usual ?? null}
        allowDeselect={false}
        w={260}
        disabled={draft.selection !== null}
        onChange={(split) => onChange({ split: split === usual ? null : split })}
      />
      <div role="group" aria-label="Domains">
        <Text size="sm" fw={500} mb={6}>
          Domains
        </Text>
        <Chip.Group multiple value={valuesOf('domain')} onChange={(values) => choose('domain', values)}>
          <Group gap={8}>
            {Object.entries(part?.byDomain ?? {}).map(([domain, questions]) => (
              <Chip key={domain} value={domain} size="sm">
                {`${domain === '' ? '(none)' : domain} ${count(questions)}`}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
      </div>
      <MultiSelect
        label="Topics"
        placeholder={valuesOf('topic').length === 0 ? 'all' : ''}
        data={[...topics].map(([topic, questions]) => ({ value: topic, label: `${topic} (${count(questions)})` }))}
        value={valuesOf('topic')}
        searchable
        clearable
        onChange={(values) => choose('topic', values)}
      />
      {other.length === 0 ? null : (
        <Group gap="xs">
          <Text size="sm">And {other.join('  ')}</Text>
          <Button
            size="compact-xs"
            variant="subtle"
            onClick={() => onChange({ where: draft.where.filter((term) => !other.includes(term)) })}
          >
            Remove
          </Button>
        </Group>
      )}
    </>
  );
}

function OpenDataset({
  isOpening,
  onPick,
}: Readonly<{
  isOpening: boolean;
  onPick: (path: string) => void;
}>) {
  const [picking, setPicking] = useState(false);
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconFolderOpen size={16} />}
        loading={isOpening}
        onClick={() => setPicking(true)}
      >
        Open…
      </Button>
      <PathPicker
        opened={picking}
        title="Open a dataset"
        kind="dataset"
        onPick={onPick}
        onClose={() => setPicking(false)}
      />
    </>
  );
}
