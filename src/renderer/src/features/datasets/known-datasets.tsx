/** The table of known datasets; those whose folder is gone can be located again. */
import { ActionIcon, Anchor, Badge, Button, Card, Group, Menu, Table, Text, VisuallyHidden } from '@mantine/core';
import { IconAlertTriangle, IconDots, IconPlayerPlay, IconTrash } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { KnownDataset } from '../../../../shared/contract/datasets.ts';
import { failureOf } from '../../api/client.ts';
import { api } from '../../api/queries.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { showFailure } from '../../components/failure-notice.ts';
import { count, dateTime } from '../../components/numbers.ts';
import { PathPicker } from '../../components/path-picker.tsx';
import { rowLink } from '../../components/row-link.ts';
import { PathText } from '../../components/path-text.tsx';
import { formatRoute } from '../../routing/route.ts';
import { formatName } from './format-name.ts';
import classes from './known-datasets.module.css';
import { useOpenDataset } from './use-open-dataset.ts';

export function KnownDatasets({ datasets }: Readonly<{ datasets: readonly KnownDataset[] }>) {
  const [located, setLocated] = useState<KnownDataset | null>(null);
  const [pickerOpened, setPickerOpened] = useState(false);
  const opening = useOpenDataset({ expectedId: located?.datasetId });
  return (
    <>
      {opening.error === null ? null : <FailureAlert failure={failureOf(opening.error)} />}
      <Card withBorder padding={0}>
        <Table.ScrollContainer minWidth={540} type="native" tabIndex={0} role="region" aria-label="Datasets">
          <Table highlightOnHover verticalSpacing="sm" horizontalSpacing="md">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Dataset</Table.Th>
                <Table.Th visibleFrom="md">Format</Table.Th>
                <Table.Th ta="right">Questions</Table.Th>
                <Table.Th>Splits</Table.Th>
                <Table.Th ta="right">Runs</Table.Th>
                <Table.Th visibleFrom="md">Licence</Table.Th>
                <Table.Th visibleFrom="lg">Opened</Table.Th>
                <Table.Th w={1}>
                  <VisuallyHidden>Actions</VisuallyHidden>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {datasets.map((dataset) => (
                <DatasetRow
                  key={dataset.datasetId}
                  dataset={dataset}
                  onLocate={() => {
                    setLocated(dataset);
                    setPickerOpened(true);
                  }}
                />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Card>
      <PathPicker
        opened={pickerOpened}
        title={`Where is ${located?.name ?? 'it'} now?`}
        kind="dataset"
        onPick={(path) => opening.mutate({ path })}
        onClose={() => setPickerOpened(false)}
      />
    </>
  );
}

function DatasetRow({ dataset, onLocate }: Readonly<{ dataset: KnownDataset; onLocate: () => void }>) {
  const { datasetId, name, path, format, rowCount, splits, runCount, licence, openedAt, exists } = dataset;
  const href = formatRoute({ page: 'dataset', datasetId, where: [], text: '', offset: 0 });
  return (
    <Table.Tr {...(exists ? rowLink(href) : {})}>
      <Table.Td maw={420}>
        {exists ? (
          <Anchor href={href} fw={550}>
            {name}
          </Anchor>
        ) : (
          <Group gap="xs" wrap="nowrap">
            <Text fw={550}>{name}</Text>
            <Badge color="orange" variant="light" leftSection={<IconAlertTriangle size={12} />}>
              not found
            </Badge>
            <Button size="compact-xs" variant="light" onClick={onLocate}>
              Locate…
            </Button>
          </Group>
        )}
        <Text size="xs" c="dimmed" truncate title={path}>
          <PathText path={path} />
        </Text>
        <Text size="xs" c="dimmed" hiddenFrom="md">
          {formatName(format)}
        </Text>
      </Table.Td>
      <Table.Td visibleFrom="md">{formatName(format)}</Table.Td>
      <Table.Td ta="right">{rowCount === null ? '–' : count(rowCount)}</Table.Td>
      <Table.Td>
        {splits.length === 0 ? '–' : null}
        <div className={classes.splits}>
          {splits.map((each) => (
            <span className={classes.line} key={each.split}>
              {each.split === '' ? '(none)' : each.split} {count(each.rowCount)}
            </span>
          ))}
        </div>
      </Table.Td>
      <Table.Td ta="right">{count(runCount)}</Table.Td>
      <Table.Td visibleFrom="md" title={licence ?? ''}>
        {licence?.replace(/ \(.*$/, '') ?? '–'}
      </Table.Td>
      <Table.Td visibleFrom="lg" className={classes.line}>
        {openedAt === null ? 'through a run' : dateTime(openedAt)}
      </Table.Td>
      <Table.Td>
        <RowMenu dataset={dataset} />
      </Table.Td>
    </Table.Tr>
  );
}

function RowMenu({ dataset: { datasetId, name, path, exists } }: Readonly<{ dataset: KnownDataset }>) {
  const queries = useQueryClient();
  const forgetting = useMutation(
    api.datasets.forget.mutationOptions({
      onSuccess: () => queries.invalidateQueries({ queryKey: api.datasets.key() }),
      onError: showFailure,
    }),
  );
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${name}`}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {exists ? (
          <Menu.Item
            component="a"
            href={formatRoute({ page: 'new-run', dataset: path, model: null, fromRun: null, where: [] })}
            leftSection={<IconPlayerPlay size={16} />}
          >
            Evaluate…
          </Menu.Item>
        ) : null}
        <Menu.Item leftSection={<IconTrash size={16} />} onClick={() => forgetting.mutate({ datasetId })}>
          Forget (files and runs stay)
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
