/**
 * The walk that table and gallery share: the lines that are in view (a line holds one question in the table, several
 * in the gallery), each with its questions as far as they are read, and what is true of each of them.
 */
import type { QuestionRow } from '../../../../shared/contract/questions.ts';
import { type ListInput, useQuestionPages } from './question-list.ts';
import { isSelected, type Selection } from './selection.ts';
import { type Cursor, useWindowList } from './use-window-list.ts';

export type QuestionItemsProps = Readonly<{
  input: ListInput;
  total: number;
  cursor: Cursor;
  selection: Selection;
  /** A checkbox was clicked; `isRange` with shift held. */
  onToggle: (index: number, sampleId: string, isRange: boolean) => void;
  /** A row was opened: the way back leads to it. */
  onOpen: (index: number) => void;
  stickyBottom: number;
}>;

/** One question of the list, as a row or a card gets it. */
export type QuestionItem = Readonly<{
  index: number;
  /** Null while it is being read. */
  row: QuestionRow | null;
  /** Pixels from the list's upper edge. */
  top: number;
  isCursor: boolean;
  isSelected: boolean;
  /** All are selected by the filter: single ones cannot be taken out. */
  isFixed: boolean;
}> &
  Pick<QuestionItemsProps, 'onToggle' | 'onOpen'>;

/** `height` of the whole list, in pixels; `items` are those in view. */
export function useQuestionLines(
  { input, total, cursor, selection, onToggle, onOpen, stickyBottom }: QuestionItemsProps,
  { rowHeight, itemsInRow }: Readonly<{ rowHeight: number; itemsInRow: number }>,
) {
  const { ref, virtualizer, scrollMargin } = useWindowList({
    rowCount: Math.ceil(total / itemsInRow),
    rowHeight,
    itemsInRow,
    cursor,
    stickyBottom,
  });
  const lines = virtualizer.getVirtualItems();
  const first = (lines[0]?.index ?? 0) * itemsInRow;
  const last = ((lines.at(-1)?.index ?? 0) + 1) * itemsInRow - 1;
  const rowAt = useQuestionPages(input, total, first, last);
  const items = lines.flatMap(({ index: line, start }) =>
    Array.from({ length: Math.min(itemsInRow, total - line * itemsInRow) }, (_, column): QuestionItem => {
      const index = line * itemsInRow + column;
      const row = rowAt(index);
      return {
        index,
        row,
        top: start - scrollMargin,
        isCursor: cursor.index === index,
        isSelected: row !== null && isSelected(selection, row.sampleId),
        isFixed: selection.kind === 'all',
        onToggle,
        onOpen,
      };
    }),
  );
  return { ref, height: virtualizer.getTotalSize(), items };
}
