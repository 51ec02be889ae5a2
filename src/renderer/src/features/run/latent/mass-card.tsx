/** The paper's first attention analysis: how attention moves between image, text and latent slots over the steps. */
import { Group, SegmentedControl, SimpleGrid, Text } from '@mantine/core';
import { useState } from 'react';
import type { RunAttention } from '../../../../../shared/run-attention.ts';
import { ChartCard } from '../../../components/chart-card.tsx';
import { picturedText } from '../../../components/chart-png.ts';
import { percent } from '../../../components/numbers.ts';
import { SeriesChart, tableOfSeries } from '../../../components/series-chart.tsx';
import {
  answerGroups,
  capitalNoun,
  countNote,
  groupLabels,
  hasQuestions,
  massSeries,
  stepNames,
  stepNoun,
  type AnswerGroup,
  type StepNoun,
} from './step-series.ts';

/** Groups that no answer is of cannot be chosen. */
function choicesOf(attention: RunAttention) {
  const [noRight, noWrong] = (['right', 'wrong'] as const).map((group) => !hasQuestions(attention)(group));
  return [
    { value: 'all', label: 'All' },
    { value: 'right', label: 'Right', disabled: noRight === true },
    { value: 'wrong', label: 'Wrong', disabled: noWrong === true },
    { value: 'both', label: 'Right beside wrong', disabled: noRight === true || noWrong === true },
  ];
}

export function MassCard({ attention }: Readonly<{ attention: RunAttention }>) {
  const [wanted, setShown] = useState('all');
  const choices = choicesOf(attention);
  // Another category may have no answers of the group.
  const shown = choices.some(({ value, disabled }) => value === wanted && disabled !== true) ? wanted : 'all';
  const [kind, setKind] = useState<'stacked' | 'lines'>('stacked');
  const groups: readonly AnswerGroup[] =
    shown === 'both' ? ['right', 'wrong'] : answerGroups.filter((group) => group === shown);
  const places = stepNames(attention);
  const noun = stepNoun(attention);
  const xLabel = capitalNoun(noun);
  const tables = groups.map((group) => tableOfSeries({ places, xLabel, series: massSeries(attention[group], noun) }));
  return (
    <ChartCard
      title={`Attention masses by ${noun}`}
      note={countNote(attention)}
      fileName="attention-masses"
      legend={massSeries(attention.all, noun)}
      definition={<MassDefinition noun={noun} />}
      table={{
        columns: ['Answers', ...(tables[0]?.columns ?? [])],
        rows: tables.flatMap(({ rows }, index) => rows.map((row) => [groups[index] ?? '', ...row])),
      }}
      controls={
        <Group gap="xs">
          <SegmentedControl size="xs" value={shown} onChange={setShown} data={choices} aria-label="Answers" />
          <SegmentedControl
            size="xs"
            value={kind}
            onChange={(value) => setKind(value === 'lines' ? 'lines' : 'stacked')}
            data={[
              { value: 'stacked', label: 'Stacked' },
              { value: 'lines', label: 'Lines' },
            ]}
            aria-label="Kind of chart"
          />
        </Group>
      }
    >
      <SimpleGrid cols={groups.length} spacing="sm">
        {groups.map((group) => (
          <div key={group}>
            <Text size="xs" c="dimmed" ta="center">
              <span {...picturedText}>
                {`${groupLabels[group]}, n = ${String(attention[group][0]?.questionCount ?? 0)}`}
              </span>
            </Text>
            <SeriesChart
              label={`Attention masses by ${noun}, ${groupLabels[group]}`}
              kind={kind}
              places={places}
              series={massSeries(attention[group], noun)}
              xLabel={xLabel}
              format={(value, digits = 0) => percent(value, digits)}
              height={260}
            />
          </div>
        ))}
      </SimpleGrid>
    </ChartCard>
  );
}

export const MassDefinition = ({ noun = 'latent step' }: Readonly<{ noun?: StepNoun }>) =>
  noun === 'latent step' ? <LatentMassDefinition /> : <InsertionMassDefinition />;

const InsertionMassDefinition = () => (
  <>
    Softmax attention of the line break&apos;s row, after which patches are inserted, mean over all layers and heads,
    summed over the image in the prompt (vision), patches that earlier insertions brought, and text. The three add up to
    1.
  </>
);

const LatentMassDefinition = () => (
  <>
    Softmax attention of the row that selects the patches (the last position at each step), mean over all layers and
    heads, summed over four kinds of slots: the image in the prompt (vision), the text, patches that earlier steps
    inserted (latent vision), and latent-text slots. The four add up to 1. The paper (arXiv 2510.12603) reports that
    attention moves from vision to text over the steps.
  </>
);
