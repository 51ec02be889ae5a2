/** The paper's explicit mode: attention on pictures against text over the tokens that a method in words writes. */
import { Group, SegmentedControl, Select, SimpleGrid, Stack } from '@mantine/core';
import { useState } from 'react';
import type { RunAttention } from '../../../../shared/run-attention.ts';
import { percent } from '../../components/numbers.ts';
import { SeriesCard } from '../../components/series-card.tsx';
import {
  axisLabels,
  curveNote,
  curveOf,
  curvePlaces,
  massesOfCurve,
  visionByDomain,
  visionByOutcome,
  type CurveAxis,
} from './explicit-series.ts';

export function ExplicitCards({ attention: { explicit, scorer } }: Readonly<{ attention: RunAttention }>) {
  const [axis, setAxis] = useState<CurveAxis>('part');
  const [wanted, setWanted] = useState<number | null>(null);
  const calls = explicit.all.filter(({ callIndex }) => callIndex !== null);
  // Another category may have fewer calls.
  const callIndex = calls.some((call) => call.callIndex === wanted) ? wanted : null;
  const curve = curveOf(explicit, 'all', callIndex);
  if (curve === undefined) return null;
  const places = curvePlaces([curve], axis);
  const note = `${curveNote(curve, axis)}; scorer ${scorer}`;
  const common = {
    kind: 'lines',
    xLabel: axisLabels[axis],
    format: (value: number, digits = 0) => percent(value, digits),
    definition: <ExplicitDefinition />,
    places,
  } as const;
  return (
    <Stack gap="sm">
      <Group gap="xs">
        <AxisControl axis={axis} onAxis={setAxis} />
        {calls.length < 2 ? null : (
          <Select
            size="xs"
            w={230}
            aria-label="Call"
            allowDeselect={false}
            value={String(callIndex ?? 'all')}
            onChange={(value) => setWanted(value === null || value === 'all' ? null : Number(value))}
            data={[
              { value: 'all', label: 'All calls together' },
              ...calls.map((call) => ({
                value: String(call.callIndex),
                label: `Call ${String((call.callIndex ?? 0) + 1)} · ${call.purpose ?? ''}`,
              })),
            ]}
          />
        )}
      </Group>
      <SimpleGrid cols={{ base: 1, lg: explicit.byDomain.length > 1 && callIndex === null ? 3 : 2 }} spacing="md">
        <SeriesCard
          {...common}
          title="Attention while writing"
          note={note}
          fileName="attention-while-writing"
          series={massesOfCurve(curve, axis, places)}
        />
        <SeriesCard
          {...common}
          title="On pictures, right against wrong"
          note={note}
          fileName="attention-while-writing-by-outcome"
          series={visionByOutcome(explicit, callIndex, axis, places)}
          domain={null}
        />
        {explicit.byDomain.length > 1 && callIndex === null ? (
          <SeriesCard
            {...common}
            title="On pictures, by domain"
            note={note}
            fileName="attention-while-writing-by-domain"
            series={visionByDomain(explicit, axis, places)}
            domain={null}
          />
        ) : null}
      </SimpleGrid>
    </Stack>
  );
}

export function AxisControl({ axis, onAxis }: Readonly<{ axis: CurveAxis; onAxis: (axis: CurveAxis) => void }>) {
  return (
    <SegmentedControl
      size="xs"
      aria-label="Places of the curve"
      value={axis}
      onChange={(value) => onAxis(value === 'token' ? 'token' : 'part')}
      data={[
        { value: 'part', label: 'By part of the call' },
        { value: 'token', label: 'By token' },
      ]}
    />
  );
}

export const ExplicitDefinition = () => (
  <>
    Softmax attention of the row that each generated token was chosen from, mean over layers and heads: on pictures
    (patches that were inserted included) and on text; the two add up to 1. By part: each call is cut into 20 equal
    parts, and every call counts alike. By token: the mean over the calls that have such a token, fewer and fewer
    towards the end. The paper (arXiv 2510.12603) compares this explicit mode with the latent steps.
  </>
);
