/** Chooses the step (insertion, region) that is drawn: all of them, or one; a button for each while they are few, else a slider. */
import { ActionIcon, Button, Group, NumberInput, SegmentedControl, Slider, Text } from '@mantine/core';
import { IconChevronLeft, IconChevronRight, IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { stepColour } from '../../app/palette.ts';
import type { StepWords } from './step-words.ts';

/** More steps than this do not fit as buttons. */
const mostButtons = 8;

type Choice = Readonly<{
  stepCount: number;
  words: StepWords;
  stepIndex: number | null;
  onStep: (stepIndex: number | null) => void;
}>;

export type StepScrubberProps = Choice &
  Readonly<{
    /** Null: there is one view only. */
    view: 'selected' | 'attention' | null;
    playing: boolean;
    onView: (view: 'selected' | 'attention') => void;
    onPlay: () => void;
    /** Further controls at the end of the row. */
    children: ReactNode;
  }>;

export function StepScrubber({ view, playing, onView, onPlay, children, ...choice }: StepScrubberProps) {
  const { stepCount, words, stepIndex, onStep } = choice;
  const play = `Play the ${words.names}`;
  return (
    <Group justify="space-between" gap="sm">
      <Group gap={6} role="group" aria-label={words.name}>
        <Text size="sm" c="dimmed" mr={2}>
          {words.name}
        </Text>
        <StepButton label="All" chosen={stepIndex === null} onClick={() => onStep(null)} />
        {stepCount <= mostButtons ? <StepButtons {...choice} /> : <StepSlider {...choice} />}
        <ActionIcon
          size={26}
          variant="subtle"
          color="gray"
          aria-label={play}
          aria-pressed={playing}
          title={playing ? 'Stop (Space)' : `${play} (Space)`}
          onClick={onPlay}
        >
          {playing ? <IconPlayerStop size={16} aria-hidden="true" /> : <IconPlayerPlay size={16} aria-hidden="true" />}
        </ActionIcon>
      </Group>
      <Group gap={6}>
        {view === null ? null : (
          <SegmentedControl
            size="xs"
            aria-label="What is drawn"
            value={view}
            onChange={(value) => onView(value === 'attention' ? 'attention' : 'selected')}
            data={[
              { value: 'selected', label: 'Patches' },
              { value: 'attention', label: 'Attention' },
            ]}
          />
        )}
        {children}
      </Group>
    </Group>
  );
}

function StepButtons({ stepCount, stepIndex, onStep }: Choice) {
  return Array.from({ length: stepCount }, (_, step) => (
    <StepButton
      key={step}
      label={String(step + 1)}
      colour={stepColour(step)}
      chosen={stepIndex === step}
      onClick={() => onStep(step)}
    />
  ));
}

function StepSlider({ stepCount, words, stepIndex, onStep }: Choice) {
  const number = stepIndex === null ? 0 : stepIndex + 1;
  return (
    <>
      <ActionIcon
        size={26}
        variant="default"
        aria-label={`Previous ${words.short}`}
        title="["
        disabled={number <= 1}
        onClick={() => onStep(number - 2)}
      >
        <IconChevronLeft size={16} aria-hidden="true" />
      </ActionIcon>
      <Slider
        w={150}
        size="sm"
        min={0}
        max={stepCount}
        value={number}
        onChange={(value) => onStep(value === 0 ? null : value - 1)}
        label={(value) => (value === 0 ? `all ${words.names}` : `${words.short} ${String(value)}`)}
        thumbLabel={`${words.name}, 0 for all`}
      />
      <ActionIcon
        size={26}
        variant="default"
        aria-label={`Next ${words.short}`}
        title="]"
        disabled={number >= stepCount}
        onClick={() => onStep(number)}
      >
        <IconChevronRight size={16} aria-hidden="true" />
      </ActionIcon>
      <NumberInput
        w={56}
        size="xs"
        aria-label={`Number of the ${words.name.toLowerCase()}`}
        hideControls
        allowDecimal={false}
        allowNegative={false}
        min={1}
        max={stepCount}
        clampBehavior="strict"
        placeholder="all"
        value={stepIndex === null ? '' : number}
        onChange={(value) => {
          if (value === '') onStep(null);
          else if (typeof value === 'number' && value >= 1 && value <= stepCount) onStep(value - 1);
        }}
      />
      <Text size="sm" c="dimmed">
        of {stepCount}
      </Text>
      {stepIndex === null ? null : <ColourDot colour={stepColour(stepIndex)} />}
    </>
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
      leftSection={colour === undefined ? undefined : <ColourDot colour={colour} />}
    >
      {label}
    </Button>
  );
}

const ColourDot = ({ colour }: Readonly<{ colour: string }>) => (
  <svg width="11" height="11" aria-hidden="true">
    <circle cx="5.5" cy="5.5" r="4.5" fill={colour} stroke="rgb(0 0 0 / 55%)" strokeWidth="1" />
  </svg>
);
