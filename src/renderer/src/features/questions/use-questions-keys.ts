/** The keys of the questions page. */
import { useKeys } from '../../app/keys.ts';
import { type Terms, withFailuresToggled, withNextOutcome } from './filter-terms.ts';

export type QuestionsKeys = Readonly<{
  search: () => void;
  move: (by: number) => void;
  /** Items side by side. */
  lineLength: () => number;
  isGallery: boolean;
  open: () => void;
  select: () => void;
  clearSelection: () => void;
  where: Terms;
  setWhere: (where: Terms) => void;
  exportData: () => void;
  tag: () => void;
  switchShape: () => void;
}>;

export function useQuestionsKeys(page: QuestionsKeys): void {
  const { where, setWhere, move, lineLength, isGallery } = page;
  useKeys('Questions', [
    { keys: ['/'], description: 'Search', isAtOnce: true, run: page.search },
    { keys: ['j'], description: 'Next question', run: () => move(1) },
    { keys: ['k'], description: 'Previous question', run: () => move(-1) },
    { keys: ['ArrowDown'], description: 'Down', run: () => move(lineLength()) },
    { keys: ['ArrowUp'], description: 'Up', run: () => move(-lineLength()) },
    ...(isGallery
      ? [
          { keys: ['ArrowRight'], description: 'Right', run: () => move(1) },
          { keys: ['ArrowLeft'], description: 'Left', run: () => move(-1) },
        ]
      : []),
    { keys: ['Enter'], description: 'Open the question', run: page.open },
    { keys: ['x'], description: 'Select the question, or not', run: page.select },
    { keys: ['Escape'], description: 'Select nothing', run: page.clearSelection },
    { keys: ['f'], description: 'Failures only, and back', run: () => setWhere(withFailuresToggled(where)) },
    { keys: [']'], description: 'Next outcome', run: () => setWhere(withNextOutcome(where, 1)) },
    { keys: ['['], description: 'Previous outcome', run: () => setWhere(withNextOutcome(where, -1)) },
    { keys: ['e'], description: 'Export the selection, or the filter', run: page.exportData },
    { keys: ['t'], description: 'Tag the selection, or the filter', run: page.tag },
    { keys: ['v'], description: 'Table or gallery', run: page.switchShape },
  ]);
}
