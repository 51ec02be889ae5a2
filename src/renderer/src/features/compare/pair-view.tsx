/** Two runs question by question: flips whose counts lead to their questions, and the differences by category. */
import { Button, Grid, Group, Select, Stack } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ScorerName } from '../../../../shared/prediction.ts';
import { api } from '../../api/queries.ts';
import { QueryGate } from '../../components/query-gate.tsx';
import { FlipsCard } from './flips-card.tsx';
import { PairCategories } from './pair-categories.tsx';

/** The run before and the run after. */
export type Pair = readonly [runIdA: string, runIdB: string];

export type PairViewProps = Readonly<{
  runIds: readonly string[];
  names: ReadonlyMap<string, string>;
  scorer: ScorerName | undefined;
  pair: Pair;
  onPair: (pair: Pair) => void;
  onExport: () => void;
}>;

export function PairView({ runIds, names, scorer, pair, onPair, onExport }: PairViewProps) {
  const [runIdA, runIdB] = pair;
  const query = useQuery(
    api.runs.compare.queryOptions({ input: { runIdA, runIdB, ...(scorer === undefined ? {} : { scorer }) } }),
  );
  const options = runIds.map((value) => ({ value, label: names.get(value) ?? value }));
  // The other's own run changes places with it.
  const choose = (place: 0 | 1) => (runId: string | null) => {
    if (runId === null || runId === pair[place]) return;
    const other = pair[1 - place] === runId ? pair[place] : (pair[1 - place] ?? '');
    onPair(place === 0 ? [runId, other] : [other, runId]);
  };
  return (
    <Stack gap="md">
      <Group align="flex-end">
        {(['A (before)', 'B (after)'] as const).map((label, place) => (
          <Select
            key={label}
            label={label}
            flex="1 1 240px"
            maw={440}
            data={options}
            value={pair[place] ?? null}
            onChange={choose(place === 0 ? 0 : 1)}
            allowDeselect={false}
            title={names.get(pair[place] ?? '') ?? ''}
          />
        ))}
        <Button variant="default" leftSection={<IconDownload size={16} aria-hidden="true" />} onClick={onExport}>
          CSV
        </Button>
      </Group>
      <QueryGate query={query}>
        {(comparison) => (
          <Grid gap="md">
            <Grid.Col span={{ base: 12, xl: 4 }}>
              <FlipsCard comparison={comparison} />
            </Grid.Col>
            <Grid.Col span={{ base: 12, xl: 8 }}>
              <PairCategories comparison={comparison} />
            </Grid.Col>
          </Grid>
        )}
      </QueryGate>
    </Stack>
  );
}
