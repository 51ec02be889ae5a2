/** What each scorer read in the output. */
import { Group, Table, Text, Tooltip } from '@mantine/core';
import { scorerWarnings, type Reading } from '../../../../shared/prediction.ts';
import { choiceLetter } from '../../../../shared/sample.ts';
import { OutcomeBadge } from '../../components/outcome-badge.tsx';

export type ReadingsTableProps = Readonly<{ readings: readonly Reading[] }>;

export function ReadingsTable({ readings }: ReadingsTableProps) {
  if (readings.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        A failed question has no output to read.
      </Text>
    );
  }
  return (
    <Table fz="xs" verticalSpacing={4} horizontalSpacing={6}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Scorer</Table.Th>
          <Table.Th ta="center">Read</Table.Th>
          <Table.Th>Rule</Table.Th>
          <Table.Th />
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {readings.map(({ scorer, choiceIndex, rule, correct }) => (
          <Table.Tr key={scorer}>
            <Table.Td>
              <ScorerName scorer={scorer} />
            </Table.Td>
            <Table.Td ta="center">{choiceIndex === null ? '–' : choiceLetter(choiceIndex)}</Table.Td>
            <Table.Td c="dimmed">{rule === 'failed' ? 'no rule matched' : rule}</Table.Td>
            <Table.Td ta="right">
              <Group justify="flex-end">
                <OutcomeBadge outcome={correct ? 'right' : choiceIndex === null ? 'unparsed' : 'wrong'} />
              </Group>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** Rules that must not be believed without a word of warning have one. */
function ScorerName({ scorer }: Pick<Reading, 'scorer'>) {
  const warning = scorerWarnings[scorer];
  if (warning === undefined) return scorer;
  return (
    <Tooltip label={warning} multiline w={320}>
      <Text span inherit td="underline dotted" tabIndex={0} aria-label={`${scorer}: ${warning}`}>
        {scorer}
      </Text>
    </Tooltip>
  );
}
