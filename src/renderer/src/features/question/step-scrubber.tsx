/** Chooses the latent step that is drawn: all of them, or one. */
import { Button, Group, SegmentedControl, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { LatentStep } from '../../../../shared/trace.ts';
import { stepColour } from '../../app/palette.ts';

export type StepScrubberProps = Readonly<{
  steps: readonly LatentStep[];
  stepIndex: number | null;
  view: 'selected' | 'attention';
  playing: boolean;
  onStep: (stepIndex: number | null) => void;
  onView: (view: 'selected' | 'attention') => void;
  onPlay: () => void;
  /** Further controls at the end of the row. */
  children: ReactNode;
}>;

export function StepScrubber({ steps, stepIndex, view, playing, onStep, onView, onPlay, children }: StepScrubberProps) {
  return (
    <Group justify="space-between" gap="sm">
      <Group gap={6} role="group" aria-label="Latent step">
        <Text size="sm" c="dimmed" mr={2}>
          Latent step
        </Text>
        <StepButton label="All" chosen={stepIndex === null} onClick={() => onStep(null)} />
        {steps.map((step) => (
          <StepButton
            key={step.stepIndex}
            label={String(step.stepIndex + 1)}
            colour={stepColour(step.stepIndex)}
            chosen={stepIndex === step.stepIndex}
            onClick={() => onStep(step.stepIndex)}
          />
        ))}
        <Button size="compact-sm" variant="subtle" color="gray" onClick={onPlay} aria-pressed={playing}>
          {playing ? 'Stop' : 'Play'}
        </Button>
      </Group>
      <Group gap={6}>
        <SegmentedControl
          size="xs"
          aria-label="What is drawn"
          value={view}
          onChange={(value) => onView(value === 'attention' ? 'attention' : 'selected')}
          data={[
            { value: 'selected', label: 'Selected patches' },
            { value: 'attention', label: 'Attention' },
          ]}
        />
        {children}
      </Group>
    </Group>
  );
}

type StepButtonProps = Readonly<{ label: string; colour?: string; chosen: boolean; onClick: () => void }>;

function StepButton({ label, colour, chosen, onClick }: StepButtonProps) {
  return (
    <Button
      size="compact-sm"
      variant={chosen ? 'filled' : 'default'}
      aria-pressed={chosen}
      onClick={onClick}
      leftSection={
        colour === undefined ? undefined : (
          <svg width="10" height="10" aria-hidden="true">
            <circle cx="5" cy="5" r="4.5" fill={colour} stroke="rgb(0 0 0 / 35%)" strokeWidth="1" />
          </svg>
        )
      }
    >
      {label}
    </Button>
  );
}
