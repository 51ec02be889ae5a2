/** Masses and focus against the step; the table above holds the same numbers. Heavy: loaded late. */
import { SimpleGrid } from '@mantine/core';
import type { AttentionMasses, LatentStep } from '../../../../shared/trace.ts';
import { massColours } from '../../app/palette.ts';
import { percent } from '../../components/numbers.ts';
import { SeriesCard } from '../../components/series-card.tsx';
import { capitalised, type StepWords } from './step-words.ts';

export type StepChartProps = Readonly<{
  steps: readonly LatentStep[];
  words: StepWords;
  /** Whose steps: the question's id. */
  name: string;
}>;

/** Of the four lines, those of what the steps appended are dashed. */
const dashes: Readonly<Partial<Record<keyof AttentionMasses, string>>> = {
  latentVisionMass: '6 3',
  latentTextMass: '2 3',
};
const focusColour = '#85858f';

export default function StepChart({ steps, words, name }: StepChartProps) {
  const places = steps.map(({ stepIndex }) => String(stepIndex + 1));
  const common = { kind: 'lines', places, xLabel: words.name, height: 190 } as const;
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} mt="md" spacing="md">
      <SeriesCard
        {...common}
        title="Share of attention"
        note={`${capitalised(words.row)} of each ${words.short}, mean over layers and heads; they add up to 1. Question ${name}.`}
        fileName={`${name}-attention-by-step`}
        series={words.masses.map(([mass, label]) => ({
          label,
          colour: massColours[mass],
          values: steps.map((step) => step[mass]),
          ...(dashes[mass] === undefined ? {} : { dash: dashes[mass] }),
        }))}
        format={(value, digits = 1) => percent(value, digits)}
        domain={[0, topOf(steps, words.masses)]}
      />
      <SeriesCard
        {...common}
        title="Focus on the image"
        note={`0: spread evenly over the image; 1: all on one patch. Question ${name}.`}
        fileName={`${name}-focus-by-step`}
        series={[{ label: 'focus', colour: focusColour, values: steps.map(({ visionFocus }) => visionFocus) }]}
        format={(value, digits = 3) => value.toFixed(digits)}
        domain={null}
      />
    </SimpleGrid>
  );
}

/** Top of the axis: its quarters are round numbers. */
function topOf(steps: readonly LatentStep[], masses: StepWords['masses']): number {
  const most = Math.max(...steps.flatMap((step) => masses.map(([mass]) => step[mass])));
  return [0.04, 0.1, 0.2, 0.4, 0.6, 0.8].find((top) => most <= top) ?? 1;
}
