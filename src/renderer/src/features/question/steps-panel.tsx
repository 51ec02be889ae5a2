/** The latent steps in numbers: masses and focus as a chart, and step by step. */
import { Skeleton, Text } from '@mantine/core';
import { Suspense } from 'react';
import { lazyPart } from '../../app/lazy-page.ts';
import type { Trace } from '../../../../shared/trace.ts';
import { PatchTable } from './patch-table.tsx';
import { RegionTable } from './region-table.tsx';
import { StepTable } from './step-table.tsx';
import { stepKindOf, stepWords } from './step-words.ts';

// The charts' library is large; the picture does not wait for it.
const StepChart = lazyPart(() => import('./step-chart.tsx'));

export type StepsPanelProps = Readonly<{
  /** Null where nothing was recorded. */
  trace: Trace | null;
  /** Whose they are: the question's id. */
  name: string;
  stepIndex: number | null;
  onStep: (stepIndex: number) => void;
}>;

export function StepsPanel({ trace, name, stepIndex, onStep }: StepsPanelProps) {
  const { steps, regions, image } = trace ?? { steps: [], regions: [], image: null };
  const words = stepWords[stepKindOf([trace])];
  if (steps.length === 0 && regions.length > 0)
    return <RegionTable regions={regions} stepIndex={stepIndex} onStep={onStep} />;
  if (steps.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        No latent steps were taken or recorded for this answer.
      </Text>
    );
  }
  const chosen = stepIndex === null ? undefined : steps[stepIndex];
  return (
    <>
      <StepTable steps={steps} words={words} stepIndex={stepIndex} onStep={onStep} />
      {chosen === undefined || image === null ? null : <PatchTable image={image} step={chosen} words={words} />}
      {steps.length < 2 ? null : (
        <Suspense fallback={<Skeleton h={250} mt="md" />}>
          <StepChart steps={steps} words={words} name={name} />
        </Suspense>
      )}
    </>
  );
}
