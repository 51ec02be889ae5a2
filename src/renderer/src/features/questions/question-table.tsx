/**
 * The questions as a table whose rows exist only while they are in view. TanStack Table keeps the columns (shown,
 * sizes); the rows are not given to it: it would want them all.
 */
import { memo } from 'react';
import type { QuestionRow } from '../../../../shared/contract/questions.ts';
import { beginningOf } from '../../components/plain-text.ts';
import { formatRoute } from '../../routing/route.ts';
import type { QuestionColumn } from './columns.tsx';
import { type ListInput, useQuestionPages } from './question-list.ts';
import { isSelected, type Selection } from './selection.ts';
import classes from './question-table.module.css';
import { type Cursor, useWindowList } from './use-window-list.ts';

export const rowHeight = 46;

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

export type QuestionTableProps = QuestionItemsProps & Readonly<{ shown: readonly QuestionColumn[] }>;

export function QuestionTable({ shown, ...props }: QuestionTableProps) {
  const { input, total, cursor, selection, onToggle, onOpen, stickyBottom } = props;
  const { ref, virtualizer, scrollMargin } = useWindowList({
    rowCount: total,
    rowHeight,
    itemsInRow: 1,
    cursor,
    stickyBottom,
  });
  const items = virtualizer.getVirtualItems();
  const rowAt = useQuestionPages(input, total, items[0]?.index ?? 0, items.at(-1)?.index ?? 0);
  return (
    <div ref={ref} role="rowgroup" className={classes.body} style={{ height: virtualizer.getTotalSize() }}>
      {items.map(({ index, start }) => {
        const row = rowAt(index);
        return (
          <TableRow
            key={index}
            row={row}
            index={index}
            top={start - scrollMargin}
            input={input}
            shown={shown}
            isCursor={cursor.index === index}
            isSelected={row !== null && isSelected(selection, row.sampleId)}
            isFixed={selection.kind === 'all'}
            onToggle={onToggle}
            onOpen={onOpen}
          />
        );
      })}
    </div>
  );
}

type TableRowProps = Readonly<{
  row: QuestionRow | null;
  index: number;
  top: number;
  input: ListInput;
  shown: readonly QuestionColumn[];
  isCursor: boolean;
  isSelected: boolean;
  /** All are selected by the filter: single ones cannot be taken out. */
  isFixed: boolean;
  onToggle: QuestionItemsProps['onToggle'];
  onOpen: QuestionItemsProps['onOpen'];
}>;

const TableRow = memo(function TableRow(props: TableRowProps) {
  const { row, index, top, input, shown, isCursor, isSelected, isFixed, onToggle, onOpen } = props;
  const attributes = {
    role: 'row',
    'aria-rowindex': index + 2,
    'data-index': index,
    className: classes.row,
    style: { transform: `translateY(${String(top)}px)` },
  } as const;
  if (row === null) {
    return (
      <div {...attributes} aria-busy="true">
        <span role="cell" />
        <span role="cell" className={classes.waiting}>
          <span />
        </span>
      </div>
    );
  }
  return (
    <div
      {...attributes}
      {...(isCursor ? { 'data-cursor': true } : {})}
      {...(isSelected ? { 'data-selected': true } : {})}
      {...(row.excluded ? { 'data-excluded': true } : {})}
    >
      <span role="cell" className={classes.check}>
        <SelectBox row={row} index={index} isSelected={isSelected} isFixed={isFixed} onToggle={onToggle} />
      </span>
      <span role="cell" className={classes.question}>
        <a className={classes.link} href={questionAddress(input, row.sampleId)} onClick={() => onOpen(index)}>
          {beginningOf(row.question === '' ? row.sampleId : row.question)}
        </a>
        <span className={classes.detail}>
          {beginningOf(row.sampleId)}
          {row.excluded ? ' · bad gold, not counted' : ''}
          {row.hasNote ? ' · has a note' : ''}
        </span>
      </span>
      {shown.map(({ id, align, cell }) => (
        <span key={id} role="cell" className={classes.cell} data-align={align}>
          {cell(row)}
        </span>
      ))}
    </div>
  );
});

type SelectBoxProps = Pick<TableRowProps, 'index' | 'isSelected' | 'isFixed' | 'onToggle'> &
  Readonly<{ row: QuestionRow }>;

export function SelectBox({ row, index, isSelected, isFixed, onToggle }: SelectBoxProps) {
  return (
    <input
      type="checkbox"
      className={classes.box}
      checked={isSelected}
      disabled={isFixed}
      aria-label={`Select ${row.sampleId}`}
      title={isFixed ? 'Everything that the filter finds is selected' : 'Select; with Shift a range'}
      // The click knows whether Shift is held; React wants a handler of changes beside it.
      onClick={(event) => onToggle(index, row.sampleId, event.shiftKey)}
      onChange={() => undefined}
    />
  );
}

export function questionAddress({ runId, where, sort, scorer }: ListInput, sampleId: string): string {
  return formatRoute({ page: 'question', runId, sampleId, where, sort, scorer, stepIndex: null });
}
