/** The paper's explicit mode, several runs in one chart: attention on pictures and on text while they write. */
import { Group, SimpleGrid, Stack } from '@mantine/core';
import { useState } from 'react';
import type { MassCurve, RunAttention } from '../../../../shared/run-attention.ts';
import { percent } from '../../components/numbers.ts';
import { SeriesCard } from '../../components/series-card.tsx';
import type { ChartSeries } from '../../components/series-chart.tsx';
import { AxisControl, ExplicitDefinition } from '../run/explicit-cards.tsx';
import { axisLabels, curveOf, curvePlaces, pointsOf, type CurveAxis } from '../run/explicit-series.ts';
import { groupLabels, type AnswerGroup } from '../run/latent/step-series.ts';
import { runLine } from './run-line.ts';

export type ExplicitCurvesProps = Readonly<{
  /** Of every compared run, in their order. */
  analyses: readonly RunAttention[];
  names: ReadonlyMap<string, string>;
  group: AnswerGroup;
}>;

/** Nothing where no run asks in words. */
export function ExplicitCurves({ analyses, names, group }: ExplicitCurvesProps) {
  const [axis, setAxis] = useState<CurveAxis>('part');
  const drawn = analyses.flatMap(({ runId, explicit }, index) => {
    const curve = curveOf(explicit, group, null);
    return curve === undefined ? [] : [{ name: names.get(runId) ?? runId, index, curve }];
  });
  if (!analyses.some(({ explicit }) => explicit.all.length > 0)) return null;
  const places = curvePlaces(
    drawn.map(({ curve }) => curve),
    axis,
  );
  const seriesOf = (mass: keyof Omit<MassCurve, 'counts'>): ChartSeries[] =>
    drawn.map(({ name, index, curve }) => ({
      label: name,
      ...runLine(index),
      values: places.map((_, place) => pointsOf(curve, axis)[mass][place] ?? null),
    }));
  const common = {
    kind: 'lines',
    xLabel: axisLabels[axis],
    places,
    height: 320,
    definition: <ExplicitDefinition />,
    note: `${groupLabels[group]}; ${drawn.map(({ name, curve }) => `${name}: n = ${String(curve.callCount)} calls`).join('; ')}; all questions and calls of each run; scorer ${analyses[0]?.scorer ?? ''}`,
    format: (value: number, digits = 0) => percent(value, digits),
    domain: null,
  } as const;
  return (
    <Stack gap="sm">
      <Group>
        <AxisControl axis={axis} onAxis={setAxis} />
      </Group>
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
        <SeriesCard
          {...common}
          title="On pictures, while writing"
          fileName="compared-writing-vision"
          series={seriesOf('visionMass')}
        />
        <SeriesCard
          {...common}
          title="On text, while writing"
          fileName="compared-writing-text"
          series={seriesOf('textMass')}
        />
      </SimpleGrid>
    </Stack>
  );
}
