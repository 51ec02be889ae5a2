/** The picture with its step scrubber, and the keys that drive both. */
import { Stack, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { QuestionDetail } from '../../../../shared/contract/questions.ts';
import { Picture } from './picture.tsx';
import { StepScrubber } from './step-scrubber.tsx';
import { useQuestionKeys } from './use-question-keys.ts';

export type PicturePanelProps = Readonly<{
  detail: QuestionDetail;
  stepIndex: number | null;
  onStep: (stepIndex: number | null) => void;
  onNext: () => void;
  onPrevious: () => void;
}>;

const playIntervalMs = 900;

export function PicturePanel({ detail, stepIndex, onStep, onNext, onPrevious }: PicturePanelProps) {
  const [view, setView] = useState<'selected' | 'attention'>('selected');
  const [playing, setPlaying] = useState(false);
  const trace = detail.prediction.status === 'answered' ? detail.prediction.answer.trace : null;
  const steps = trace?.steps ?? [];
  const stepCount = steps.length;

  useQuestionKeys({
    onStep: (next) => {
      setPlaying(false);
      if (next === null || next < stepCount) onStep(next);
    },
    onNext,
    onPrevious,
    onPlay: () => setPlaying(!playing && stepCount > 0),
    onToggleView: () => setView(view === 'selected' ? 'attention' : 'selected'),
  });

  useEffect(() => {
    if (!playing) return undefined;
    const timer = setTimeout(() => onStep(stepIndex === null ? 0 : (stepIndex + 1) % stepCount), playIntervalMs);
    return () => clearTimeout(timer);
  }, [playing, stepIndex, stepCount, onStep]);

  return (
    <Stack gap="sm">
      {stepCount === 0 ? (
        <Text size="sm" c="dimmed">
          {whyNoSteps(detail)}
        </Text>
      ) : (
        <StepScrubber
          steps={steps}
          stepIndex={stepIndex}
          view={view}
          playing={playing}
          onStep={(next) => {
            setPlaying(false);
            onStep(next);
          }}
          onView={setView}
          onPlay={() => setPlaying(!playing)}
        />
      )}
      <div>
        <Picture imageUrl={detail.imageUrl} trace={trace} stepIndex={stepIndex} view={view} />
      </div>
    </Stack>
  );
}

function whyNoSteps({ prediction }: QuestionDetail): string {
  if (prediction.status === 'failed') return 'This question failed, so there are no latent steps.';
  if (prediction.answer.trace === null) return 'Imported predictions bring no latent steps.';
  return 'This run took no latent steps.';
}
