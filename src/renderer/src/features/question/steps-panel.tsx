/** The latent steps in numbers: masses and focus as a chart, and step by step. */
import { Skeleton, Text } from '@mantine/core';
import { Suspense } from 'react';
import { lazyPart } from '../../app/lazy-page.ts';
import type { ImageGeometry, LatentStep } from '../../../../shared/trace.ts';
import { PatchTable } from './patch-table.tsx';
import { StepTable } from './step-table.tsx';

// The charts' library is large; the picture does not wait for it.
const StepChart = lazyPart(() => import('./step-chart.tsx'));

export type StepsPanelProps = Readonly<{
  steps: readonly LatentStep[];
  /** Whose they are: the question's id. */
  name: string;
  /** Null for a question without one. */
  image: ImageGeometry | null;
  stepIndex: number | null;
  onStep: (stepIndex: number) => void;
}>;

export function StepsPanel({ steps, name, image, stepIndex, onStep }: StepsPanelProps) {
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
      <StepTable steps={steps} stepIndex={stepIndex} onStep={onStep} />
      {chosen === undefined || image === null ? null : <PatchTable image={image} step={chosen} />}
      {steps.length < 2 ? null : (
        <Suspense fallback={<Skeleton h={250} mt="md" />}>
          <StepChart steps={steps} name={name} />
        </Suspense>
      )}
    </>
  );
}
