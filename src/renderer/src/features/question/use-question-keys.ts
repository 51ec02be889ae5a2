/** Keys of the question page. */
import { useKeys } from '../../app/keys.ts';

export type QuestionKeys = Readonly<{
  onStep: (stepIndex: number | null) => void;
  /** To the step before or after the one that is shown. */
  onStepBy: (by: 1 | -1) => void;
  onNext: () => void;
  onPrevious: () => void;
  onUp: () => void;
  onTry: () => void;
  onExport: () => void;
  onPlay: () => void;
  onToggleView: () => void;
}>;

const stepKeys = Array.from({ length: 9 }, (_, index) => String(index + 1));

export function useQuestionKeys(act: QuestionKeys): void {
  useKeys('Question', [
    {
      keys: stepKeys,
      label: '1 … 9',
      description: 'Patches of one latent step',
      run: (pressed) => act.onStep(Number(pressed) - 1),
    },
    { keys: ['0'], description: 'Patches of all latent steps', run: () => act.onStep(null) },
    { keys: ['['], description: 'Previous latent step', run: () => act.onStepBy(-1) },
    { keys: [']'], description: 'Next latent step', run: () => act.onStepBy(1) },
    { keys: [' '], label: 'Space', description: 'Play the latent steps', run: act.onPlay },
    { keys: ['h'], description: 'Heat map of the attention, and back', run: act.onToggleView },
    { keys: ['j', 'ArrowRight'], label: 'j or →', description: 'Next question of the list', run: act.onNext },
    { keys: ['k', 'ArrowLeft'], label: 'k or ←', description: 'Previous question of the list', run: act.onPrevious },
    { keys: ['u'], description: 'Back to the list', isAtOnce: true, run: act.onUp },
    { keys: ['t'], description: 'Try other settings on this question', run: act.onTry },
    { keys: ['e'], description: 'Export this question', run: act.onExport },
  ]);
}
