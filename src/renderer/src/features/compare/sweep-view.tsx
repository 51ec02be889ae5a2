/** Accuracy against N and against K, one line for each domain. */
import { Card, Select, SimpleGrid, Stack, Switch, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { SweepPoint } from '../../../../shared/comparison.ts';
import type { ScorerName } from '../../../../shared/prediction.ts';
import { publishedSource, publishedStages } from '../../../../shared/published-results.ts';
import { api } from '../../api/queries.ts';
import { seriesColour } from '../../app/palette.ts';
import { counted, percent } from '../../components/numbers.ts';
import { QueryGate } from '../../components/query-gate.tsx';
import { SeriesCard } from '../../components/series-card.tsx';
import type { ChartSeries } from '../../components/series-chart.tsx';
import { domainsOf, placesOf, pointAt, sweepFamilies, type SweepAxis, type SweepFamily } from './sweep-lines.ts';

export type SweepViewProps = Readonly<{
  runIds: readonly string[];
  /** As it was asked for; missing: the baseline's own, which `scorerName` tells. */
  scorer: ScorerName | undefined;
  scorerName: string;
}>;

export function SweepView({ runIds, scorer, scorerName }: SweepViewProps) {
  const query = useQuery(
    api.runs.sweep.queryOptions({ input: { runIds: [...runIds], ...(scorer === undefined ? {} : { scorer }) } }),
  );
  return (
    <QueryGate query={query}>
      {({ points }) =>
        points.length === 0 ? (
          <Card withBorder padding="lg">
            <Text>
              None of these runs has latent steps. Pick runs of the method IVT-LR with other N or K; a grid on the New
              run page makes them.
            </Text>
          </Card>
        ) : (
          <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
            <AxisCard points={points} axis="latentSteps" scorerName={scorerName} />
            <AxisCard points={points} axis="patchesPerStep" scorerName={scorerName} />
          </SimpleGrid>
        )
      }
    </QueryGate>
  );
}

const axisNames = { latentSteps: 'N', patchesPerStep: 'K' } as const;

type AxisCardProps = Readonly<{ points: readonly SweepPoint[]; axis: SweepAxis; scorerName: string }>;

function AxisCard({ points, axis, scorerName }: AxisCardProps) {
  const families = sweepFamilies(points, axis);
  const [chosen, setChosen] = useState<string | null>(null);
  const [withPaper, setWithPaper] = useState(false);
  const family = families.find(({ key }) => key === chosen) ?? families[0];
  if (family === undefined) return null;
  const isOfSteps = axis === 'latentSteps';
  const fixedName = axisNames[isOfSteps ? 'patchesPerStep' : 'latentSteps'];
  const nameOf = ({ modelName, fixed, apart }: SweepFamily): string =>
    [modelName, `${fixedName} = ${String(fixed)}`, ...apart].join(', ');
  const values = placesOf(family, axis);
  const places = withPaper ? [...new Set([...values, 1, 2, 3])].sort((a, b) => a - b) : values;
  const runCount = new Set(family.points.map(({ runId }) => runId)).size;
  const hidden = runCount - values.length;
  const n = family.points.find(({ domain }) => domain === '')?.total ?? 0;
  return (
    <Stack gap="xs">
      <SeriesCard
        kind="lines"
        title={isOfSteps ? 'Accuracy against N (latent steps)' : 'Accuracy against K (patches a step)'}
        note={[
          `${nameOf(family)}, no intervention; n = ${counted(n, 'question')} that all runs with latent steps answered; scorer ${scorerName}; 95 % Wilson intervals`,
          ...(hidden > 0 ? [`${String(hidden)} further run(s) at the same place are not drawn`] : []),
          ...(withPaper ? [`dashed: ${publishedSource}, Qwen2-VL-7B on M3CoT, latent stages in training`] : []),
        ].join('; ')}
        fileName={isOfSteps ? 'accuracy-against-n' : 'accuracy-against-k'}
        xLabel={isOfSteps ? 'N' : 'K'}
        places={places.map(String)}
        series={[...ownSeries(family, axis, places), ...(withPaper ? paperSeries(family, places) : [])]}
        format={(value, digits = 0) => percent(value, digits)}
        height={340}
        definition={
          <>
            Each point is a run over the same questions with another {isOfSteps ? 'number of latent steps N' : 'K'}, at
            everything else equal. The paper varies the number of latent stages <em>in training</em>; here it is varied
            at inference unless each point has a model of its own. Runs with another token limit, prompt or device are
            lines of their own, to be chosen above.
          </>
        }
        controls={
          <>
            <Select
              size="xs"
              w={families.some(({ apart }) => apart.length > 0) ? 360 : 260}
              data={families.map((each) => ({ value: each.key, label: nameOf(each) }))}
              value={family.key}
              onChange={setChosen}
              allowDeselect={false}
              aria-label="Runs of the line"
            />
            {isOfSteps ? (
              <Switch
                size="xs"
                label="published latent stages"
                checked={withPaper}
                onChange={(event) => setWithPaper(event.currentTarget.checked)}
              />
            ) : null}
          </>
        }
      />
    </Stack>
  );
}

const domainLabel = (domain: string): string => (domain === '' ? 'all questions' : domain);

function ownSeries(family: SweepFamily, axis: SweepAxis, places: readonly number[]): ChartSeries[] {
  return domainsOf(family).map((domain, index) => {
    const accuracies = places.map((place) => pointAt(family, axis, place, domain)?.accuracy ?? null);
    return {
      label: domainLabel(domain),
      colour: seriesColour(index),
      values: accuracies.map((accuracy) => accuracy?.estimate ?? null),
      intervals: accuracies.map((accuracy) => (accuracy === null ? null : ([accuracy.low, accuracy.high] as const))),
    };
  });
}

function paperSeries(family: SweepFamily, places: readonly number[]): ChartSeries[] {
  return domainsOf(family).flatMap((domain, index) => {
    const values = places.map((place) => {
      const found = publishedStages.find(({ stages }) => stages === place)?.byDomain[domain];
      return found === undefined ? null : found / 100;
    });
    const isKnown = values.some((value) => value !== null);
    return isKnown
      ? [{ label: `paper, ${domainLabel(domain)}`, colour: seriesColour(index), dash: '6 4', values }]
      : [];
  });
}
