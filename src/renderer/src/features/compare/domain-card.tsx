/** Accuracy by domain, run by run; each run leads to its categories beside the baseline's. */
import { Anchor, Card, Group, Table, Text, Title } from '@mantine/core';
import type { MethodTable } from '../../../../shared/comparison.ts';
import { Definition } from '../../components/definition.tsx';
import { count, percent } from '../../components/numbers.ts';
import { formatRoute } from '../../routing/route.ts';
import { domainAccuracies } from './domain-accuracies.ts';
import { percentInterval, points } from './figures.ts';
import classes from './wide-table.module.css';

export type DomainCardProps = Readonly<{
  table: MethodTable;
  names: ReadonlyMap<string, string>;
  /** As it is in the address. */
  scorer: string | null;
}>;

export function DomainCard({ table, names, scorer }: DomainCardProps) {
  const { domains, rows } = domainAccuracies(table);
  if (domains.length < 2) return null;
  const { baselineRunId } = table;
  const runIds = rows.map(({ runId }) => runId);
  return (
    <Card withBorder padding="md" component="section" aria-label="Accuracy by domain">
      <Group gap={8} mb="xs">
        <Title order={2} size="h5">
          Accuracy by domain
        </Title>
        <Definition of="accuracy by domain">
          With its 95 % Wilson interval, and the difference from the baseline in percentage points. A run&apos;s name
          leads to its differences from the baseline by domain, topic and category, with tests.
        </Definition>
      </Group>
      <Table.ScrollContainer minWidth={420}>
        <Table verticalSpacing={6} horizontalSpacing="sm" fz="sm" highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              <Table.Th className={classes.first}>Run</Table.Th>
              {domains.map(({ domain, total }) => (
                <Table.Th key={domain} ta="right">
                  {domain === '' ? '(none)' : domain}
                  <Text size="xs" c="dimmed">
                    n = {count(total)}
                  </Text>
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map(({ runId, cells }) => (
              <Table.Tr key={runId}>
                <Table.Th scope="row" className={classes.first} fw={400}>
                  {runId === baselineRunId ? (
                    `${names.get(runId) ?? runId} (baseline)`
                  ) : (
                    <Anchor
                      inherit
                      href={formatRoute({
                        page: 'compare',
                        runIds,
                        scorer,
                        view: 'pair',
                        pair: [baselineRunId, runId],
                      })}
                    >
                      {names.get(runId) ?? runId}
                    </Anchor>
                  )}
                </Table.Th>
                {cells.map(({ accuracy, difference }, index) => (
                  <Table.Td key={domains[index]?.domain} className={classes.number}>
                    {percent(accuracy?.estimate ?? null)}
                    {difference === null ? '' : ` (${points(difference)})`}
                    <Text size="xs" c="dimmed">
                      {accuracy === null ? '' : percentInterval(accuracy)}
                    </Text>
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Card>
  );
}
