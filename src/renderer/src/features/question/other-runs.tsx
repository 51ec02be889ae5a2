/** The same question in other runs. */
import { Anchor, Table, Text } from '@mantine/core';
import type { QuestionDetail } from '../../../../shared/contract/questions.ts';
import { OutcomeBadge } from '../../components/outcome-badge.tsx';
import { emptyView, formatRoute } from '../../routing/route.ts';

export function OtherRuns({ detail }: Readonly<{ detail: QuestionDetail }>) {
  const { sampleId } = detail.sample;
  if (detail.otherRuns.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        No other run holds this question. Run it with other settings, or with another model, to compare.
      </Text>
    );
  }
  return (
    <Table fz="sm" verticalSpacing={4} horizontalSpacing={6}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Run</Table.Th>
          <Table.Th>Outcome</Table.Th>
          <Table.Th ta="center">Read</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {detail.otherRuns.map(({ runId, label, modelName, outcome, predicted }) => (
          <Table.Tr key={runId}>
            <Table.Td>
              <Anchor
                href={formatRoute({ page: 'question', runId, sampleId, stepIndex: null, ...emptyView })}
                size="sm"
              >
                {label}
              </Anchor>
              {modelName === null ? null : (
                <Text size="xs" c="dimmed">
                  {modelName}
                </Text>
              )}
            </Table.Td>
            <Table.Td>
              <OutcomeBadge outcome={outcome} />
            </Table.Td>
            <Table.Td ta="center">{predicted ?? '–'}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
