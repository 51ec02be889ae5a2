/** The attention analyses of a run: while it writes in words; masses, focus and selections of its latent steps or insertions. */
import { Button, Card, Group, Select, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { RunAttention } from '../../../../shared/run-attention.ts';
import type { CategoryNode } from '../../../../shared/statistics.ts';
import { downloadExport } from '../../api/download.ts';
import { api } from '../../api/queries.ts';
import { showFailure } from '../../components/failure-notice.ts';
import { QueryGate } from '../../components/query-gate.tsx';
import { formatRoute } from '../../routing/route.ts';
import { navigate } from '../../routing/use-route.ts';
import { categoryPathOf, withCategory } from '../questions/filter-terms.ts';
import { keyOf } from './category-tree.ts';
import { ExplicitCards } from './explicit-cards.tsx';
import { DistributionCard } from './latent/distribution-card.tsx';
import { MassCard } from './latent/mass-card.tsx';
import { SelectionMapsCard } from './latent/selection-maps-card.tsx';
import { BorderCard, FocusCard, OverlapCard } from './latent/step-cards.tsx';
import type { RunRoute } from './run-page.tsx';
import { scorerOf, useRun } from './use-run.ts';

export default function LatentTab(route: RunRoute) {
  const { runId } = route;
  const scorer = scorerOf(route.scorer ?? null);
  const byScorer = scorer === null ? {} : { scorer };
  const run = useRun(runId, scorer);
  const path = categoryPathOf(route.where ?? []);
  const where = withCategory([], path);
  const setPath = (changed: readonly string[]): void =>
    navigate({ page: 'run', runId, tab: 'latent', ...byScorer, where: withCategory([], changed) });
  const query = useQuery({
    ...api.runs.attention.queryOptions({ input: { runId, where, ...byScorer } }),
    placeholderData: keepPreviousData,
  });
  return (
    <QueryGate query={query}>
      {(attention) =>
        isEmpty(attention) && path.length === 0 ? (
          <NoTraces />
        ) : (
          <Stack gap="md">
            <Group justify="space-between" align="flex-end">
              <CategorySelect nodes={run.data?.categories ?? []} path={path} onChange={setPath} />
              <Button
                variant="default"
                size="sm"
                onClick={() => void downloadExport('attention', [runId], scorer ?? undefined).catch(showFailure)}
              >
                All numbers (CSV)
              </Button>
            </Group>
            {isEmpty(attention) ? (
              <Text c="dimmed">No question of this category has latent steps or calls.</Text>
            ) : null}
            <ExplicitCards attention={attention} />
            {attention.all.length === 0 ? null : (
              <>
                <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
                  <MassCard attention={attention} />
                  <FocusCard attention={attention} />
                </SimpleGrid>
                <SelectionMapsCard attention={attention} />
                <SimpleGrid cols={{ base: 1, lg: 3 }} spacing="md">
                  <DistributionCard attention={attention} />
                  <BorderCard attention={attention} />
                  <OverlapCard attention={attention} />
                </SimpleGrid>
              </>
            )}
          </Stack>
        )
      }
    </QueryGate>
  );
}

const isEmpty = ({ all, explicit }: RunAttention): boolean => all.length === 0 && explicit.all.length === 0;

type CategorySelectProps = Readonly<{
  nodes: readonly CategoryNode[];
  path: readonly string[];
  onChange: (path: readonly string[]) => void;
}>;

function CategorySelect({ nodes, path, onChange }: CategorySelectProps) {
  const choices = nodes.filter((node) => node.path.length > 0 && node.path.length <= 2);
  return (
    <Select
      label="Questions"
      size="sm"
      w={340}
      searchable
      clearable
      placeholder="All questions"
      value={path.length === 0 ? null : keyOf(path)}
      onChange={(key) => onChange(choices.find((node) => keyOf(node.path) === key)?.path ?? [])}
      data={choices.map((node) => ({
        value: keyOf(node.path),
        label: `${node.path.join(' / ')} (${String(node.total)})`,
      }))}
    />
  );
}

function NoTraces() {
  return (
    <Card withBorder padding="xl">
      <Stack gap="sm" maw={640}>
        <Title order={2} size="h4">
          No attention was recorded in this run
        </Title>
        <Text>
          Runs of the method IVT-LR with at least one latent step keep what each step attended to and selected, and runs
          of methods in words where each token looked. Imported predictions have neither.
        </Text>
        <Group>
          <Button
            component="a"
            href={formatRoute({ page: 'new-run', dataset: null, model: null, fromRun: null, where: [] })}
          >
            New run
          </Button>
        </Group>
      </Stack>
    </Card>
  );
}
