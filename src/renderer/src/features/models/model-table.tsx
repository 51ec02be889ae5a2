/** The list of models. */
import { Anchor, Badge, Card, Group, ScrollArea, Table, Text } from '@mantine/core';
import type { KnownModel } from '../../../../shared/contract/models.ts';
import { bytes, count } from '../../components/numbers.ts';
import { PathText } from '../../components/path-text.tsx';
import { CheckBadge } from './check-badge.tsx';
import { parameters, secondsHere, trainedFor } from './model-words.ts';

type Props = Readonly<{ models: readonly KnownModel[]; onOpen: (fingerprint: string) => void }>;

export function ModelTable({ models, onOpen }: Props) {
  return (
    <Card withBorder padding={0}>
      <ScrollArea>
        <Table highlightOnHover verticalSpacing="sm" horizontalSpacing="md" miw={920}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Model</Table.Th>
              <Table.Th>Architecture</Table.Th>
              <Table.Th>Trained for</Table.Th>
              <Table.Th ta="right">Parameters</Table.Th>
              <Table.Th ta="right">Disk</Table.Th>
              <Table.Th ta="right">Seconds a question</Table.Th>
              <Table.Th ta="right">Runs</Table.Th>
              <Table.Th>Check</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {models.map((model) => (
              <ModelRow key={model.fingerprint} model={model} onOpen={() => onOpen(model.fingerprint)} />
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea>
    </Card>
  );
}

function ModelRow({ model, onOpen }: Readonly<{ model: KnownModel; onOpen: () => void }>) {
  const { bundle } = model;
  const speed = secondsHere(model);
  return (
    <Table.Tr
      data-row-link
      onClick={(event) => {
        if (event.target instanceof Element && event.target.closest('button') === null) onOpen();
      }}
    >
      <Table.Td maw={420}>
        <Group gap="xs" wrap="nowrap">
          <Anchor component="button" type="button" fw={550} size="sm" onClick={onOpen} ta="left">
            {model.name}
          </Anchor>
          {model.isDemo ? (
            <Badge variant="light" size="sm" radius="sm">
              demo
            </Badge>
          ) : null}
        </Group>
        <Text size="xs" c="dimmed" truncate title={model.path}>
          <PathText path={model.path} />
        </Text>
      </Table.Td>
      <Table.Td>{bundle?.architecture ?? '–'}</Table.Td>
      <Table.Td>
        {bundle === null ? '–' : trainedFor(bundle.trainedFor)}
        {bundle === null || bundle.trained ? null : (
          <Text size="xs" c="dimmed">
            weights never trained
          </Text>
        )}
      </Table.Td>
      <Table.Td ta="right">{bundle === null ? '–' : parameters(bundle.parameterCount)}</Table.Td>
      <Table.Td ta="right">{model.sizeBytes === null ? '–' : bytes(model.sizeBytes)}</Table.Td>
      <Table.Td ta="right">
        {speed === null ? '–' : speed.toFixed(2)}
        {speed === null ? null : (
          <Text size="xs" c="dimmed">
            {model.secondsPerQuestion === null ? 'in its check' : 'in its newest run'}
          </Text>
        )}
      </Table.Td>
      <Table.Td ta="right">{count(model.runCount)}</Table.Td>
      <Table.Td>
        {bundle === null ? (
          <Badge color={model.exists ? 'red' : 'gray'} variant="light" radius="sm">
            {model.exists ? 'cannot be read' : 'folder is gone'}
          </Badge>
        ) : (
          <CheckBadge report={model.report} />
        )}
      </Table.Td>
    </Table.Tr>
  );
}
