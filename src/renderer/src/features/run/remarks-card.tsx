/** What methods in words remarked on answers: how many have each remark, and the way to them. */
import { Anchor, Card, Table, Title } from '@mantine/core';
import { remarkTitles } from '../../../../shared/remark-titles.ts';
import type { RunSummary } from '../../../../shared/run.ts';
import type { ScorerName } from '../../../../shared/prediction.ts';
import { count, counted, percent } from '../../components/numbers.ts';
import { formatRoute } from '../../routing/route.ts';

export type RemarksCardProps = Readonly<{
  run: Pick<RunSummary, 'runId' | 'total' | 'excluded' | 'remarks'>;
  /** Chosen instead of the run's own; the questions are shown by it, too. */
  scorer: ScorerName | null;
}>;

export function RemarksCard({ run: { runId, total, excluded, remarks = [] }, scorer }: RemarksCardProps) {
  if (remarks.length === 0) return null;
  return (
    <Card withBorder padding="md" component="section" aria-label="Remarks">
      <Title order={2} size="h5" mb="xs">
        Remarks
      </Title>
      <Table fz="sm" verticalSpacing={4} horizontalSpacing="xs">
        <Table.Tbody>
          {remarks.map((remark) => {
            // Lists show what is tagged as bad gold; the count leaves it out.
            const where = [`remark=${remark.kind}`, ...(excluded === 0 ? [] : ['excluded=no'])];
            return (
              <Table.Tr key={remark.kind}>
                <Table.Td>{remarkTitles[remark.kind]}</Table.Td>
                <Table.Td ta="right">
                  <Anchor
                    inherit
                    href={formatRoute({ page: 'questions', runId, shape: 'table', where, sort: null, scorer })}
                    aria-label={`${counted(remark.count, 'answer')}: ${remarkTitles[remark.kind]}`}
                  >
                    {count(remark.count)}
                  </Anchor>
                </Table.Td>
                <Table.Td ta="right" w={80} c="dimmed">
                  {total === 0 ? '' : percent(remark.count / total)}
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </Card>
  );
}
