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
      description: 'One latent step, insertion or region',
      run: (pressed) => act.onStep(Number(pressed) - 1),
    },
    { keys: ['0'], description: 'All latent steps, insertions or regions', run: () => act.onStep(null) },
    { keys: ['['], description: 'The one before', run: () => act.onStepBy(-1) },
    { keys: [']'], description: 'The one after', run: () => act.onStepBy(1) },
    { keys: [' '], label: 'Space', description: 'Play them', run: act.onPlay },
    { keys: ['h'], description: 'Heat map of the attention, and back', run: act.onToggleView },
    { keys: ['j', 'ArrowRight'], label: 'j or →', description: 'Next question of the list', run: act.onNext },
    { keys: ['k', 'ArrowLeft'], label: 'k or ←', description: 'Previous question of the list', run: act.onPrevious },
    { keys: ['u'], description: 'Back to the list', isAtOnce: true, run: act.onUp },
    { keys: ['t'], description: 'Try other settings on this question', run: act.onTry },
    { keys: ['e'], description: 'Export this question', run: act.onExport },
  ]);
}
