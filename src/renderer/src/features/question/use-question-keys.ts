/** Keys of the question page: 1..9 a step, 0 all, j/k or arrows the next and previous question, space plays, h heat map. */
import { useEffect, useEffectEvent } from 'react';

export type QuestionKeys = Readonly<{
  onStep: (stepIndex: number | null) => void;
  onNext: () => void;
  onPrevious: () => void;
  onPlay: () => void;
  onToggleView: () => void;
}>;

export function useQuestionKeys(keys: QuestionKeys): void {
  const act = useEffectEvent((event: KeyboardEvent): boolean => {
    if (/^[1-9]$/.test(event.key)) keys.onStep(Number(event.key) - 1);
    else if (event.key === '0') keys.onStep(null);
    else if (event.key === 'j' || event.key === 'ArrowRight') keys.onNext();
    else if (event.key === 'k' || event.key === 'ArrowLeft') keys.onPrevious();
    else if (event.key === ' ') keys.onPlay();
    else if (event.key === 'h') keys.onToggleView();
    else return false;
    return true;
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      const target = event.target;
      if (target instanceof Element && target.closest('input, textarea, select, [role="radiogroup"]') !== null) return;
      // Space presses the button that has the focus.
      if (event.key === ' ' && target instanceof Element && target.closest('button, a') !== null) return;
      if (act(event)) event.preventDefault();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
}
