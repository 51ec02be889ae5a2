/** How a figure is distributed over the questions at one step: right answers beside wrong ones, each as shares of its own. */
import { Group, SegmentedControl, Select } from '@mantine/core';
import { useState } from 'react';
import type { RunAttention } from '../../../../../shared/run-attention.ts';
import { answerColours } from '../../../app/palette.ts';
import { percent } from '../../../components/numbers.ts';
import { SeriesCard } from '../../../components/series-card.tsx';
import { FocusDefinition } from './step-cards.tsx';
import { capitalNoun, groupLabels, stepNames, stepNoun } from './step-series.ts';
import { MassDefinition } from './mass-card.tsx';

const figures = [
  { value: 'visionMass', label: 'Vision mass' },
  { value: 'visionFocus', label: 'Focus' },
] as const;

export function DistributionCard({ attention }: Readonly<{ attention: RunAttention }>) {
  const steps = stepNames(attention);
  const noun = stepNoun(attention);
  const [step, setStep] = useState('1');
  const [figure, setFigure] = useState<(typeof figures)[number]['value']>('visionMass');
  const stepIndex = Number(step) - 1;
  const bins = (['right', 'wrong'] as const).map((group) => {
    const found = attention[group].find((candidate) => candidate.stepIndex === stepIndex);
    return { group, n: found?.questionCount ?? 0, counts: found?.distributions[figure] ?? [] };
  });
  const binCount = Math.max(...bins.map(({ counts }) => counts.length), 1);
  return (
    <SeriesCard
      kind="bars"
      title={`Distribution at ${noun === 'insertion' ? noun : 'step'} ${step}`}
      note={`${bins.map(({ group, n }) => `${groupLabels[group]}: n = ${String(n)}`).join('; ')}; share of the group in each of ${String(binCount)} bins; scorer ${attention.scorer}`}
      fileName={`distribution-${figure}-step-${step}`}
      definition={figure === 'visionMass' ? <MassDefinition noun={noun} /> : <FocusDefinition />}
      controls={
        <Group gap="xs">
          <SegmentedControl
            size="xs"
            value={figure}
            onChange={(value) => setFigure(value === 'visionFocus' ? 'visionFocus' : 'visionMass')}
            data={figures.map(({ value, label }) => ({ value, label }))}
            aria-label="Figure"
          />
          {steps.length > 1 && steps.length <= 8 ? (
            <SegmentedControl size="xs" value={step} onChange={setStep} data={steps} aria-label={capitalNoun(noun)} />
          ) : null}
          {steps.length > 8 ? (
            <Select
              size="xs"
              w={90}
              value={step}
              onChange={(value) => setStep(value ?? '1')}
              data={steps}
              allowDeselect={false}
              aria-label={capitalNoun(noun)}
            />
          ) : null}
        </Group>
      }
      xLabel={figure === 'visionMass' ? 'Vision mass' : 'Focus'}
      places={Array.from({ length: binCount }, (_, bin) => (bin / binCount).toFixed(2))}
      series={bins
        .filter(({ n }) => n > 0)
        .map(({ group, n, counts }) => ({
          label: groupLabels[group],
          colour: answerColours[group],
          values: counts.map((count) => count / n),
        }))}
      format={(value, digits = 0) => percent(value, digits)}
      domain={null}
    />
  );
}
