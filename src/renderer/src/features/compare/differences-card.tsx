/** Where the runs differ most from the baseline: domains, topics and categories of all runs, the smallest p first. */
import { Button, Card, Group, Table, Text, Title } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import type { MethodTable } from '../../../../shared/comparison.ts';
import { Definition } from '../../components/definition.tsx';
import { count, percent } from '../../components/numbers.ts';
import { points, pValueText } from './figures.ts';
import { FlipLink } from './flip-link.tsx';
import classes from './wide-table.module.css';

export type DifferencesCardProps = Readonly<{
  table: MethodTable;
  names: ReadonlyMap<string, string>;
  onExport: () => void;
}>;

export function DifferencesCard({ table, names, onExport }: DifferencesCardProps) {
  const shown = table.differences.filter(({ rightToWrong, wrongToRight }) => rightToWrong + wrongToRight > 0);
  if (shown.length === 0) return null;
  const baseline = { runId: table.baselineRunId, scorer: table.scorer };
  return (
    <Card withBorder padding="md" component="section" aria-label="Where they differ most">
      <Group justify="space-between" mb="xs">
        <Group gap={8}>
          <Title order={2} size="h5">
            Where they differ most
          </Title>
          <Definition of="where they differ most">
            Each run against the baseline in every domain, topic and category; the most telling first. p: exact McNemar
            test, corrected by Holm over all runs and all nodes of one level. Lost and gained open their questions.
          </Definition>
        </Group>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconDownload size={14} aria-hidden="true" />}
          onClick={onExport}
        >
          All (CSV)
        </Button>
      </Group>
      <Table.ScrollContainer minWidth={640} maxHeight={420}>
        <Table fz="sm" verticalSpacing={4} horizontalSpacing="sm" highlightOnHover stickyHeader>
          <Table.Thead className={classes.head}>
            <Table.Tr>
              <Table.Th className={classes.first}>Category</Table.Th>
              <Table.Th>Run</Table.Th>
              {['n', 'Baseline', 'Run', 'Difference', 'Lost', 'Gained', 'p (Holm)'].map((name) => (
                <Table.Th key={name} className={classes.number}>
                  {name}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {shown.map((each) => {
              const { path, runId, baselineAccuracy, accuracy } = each;
              const name = names.get(runId) ?? runId;
              return (
                <Table.Tr key={JSON.stringify([runId, path])}>
                  <Table.Th scope="row" className={classes.first} fw={400}>
                    {path.join(' / ')}
                  </Table.Th>
                  <Table.Td>{name}</Table.Td>
                  <Table.Td className={classes.number}>{count(each.questionCount)}</Table.Td>
                  <Table.Td className={classes.number}>{percent(baselineAccuracy)}</Table.Td>
                  <Table.Td className={classes.number}>{percent(accuracy)}</Table.Td>
                  <Table.Td className={classes.number}>{points(accuracy - baselineAccuracy)}</Table.Td>
                  {(['rightToWrong', 'wrongToRight'] as const).map((counted) => (
                    <Table.Td className={classes.number} key={counted}>
                      <FlipLink {...{ baseline, counted, path }} run={{ runId, name }} value={each[counted]} />
                    </Table.Td>
                  ))}
                  <Table.Td className={classes.number}>{pValueText(each.pValueHolm)}</Table.Td>
                </Table.Tr>
              );
            })}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Text size="xs" c="dimmed" mt="xs">
        Scorer {table.scorer}; unparsed answers count as wrong.
      </Text>
    </Card>
  );
}
