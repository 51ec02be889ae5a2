/**
 * The questions as a table whose rows exist only while they are in view. TanStack Table keeps the columns (shown,
 * sizes); the rows are not given to it: it would want them all.
 */
import { memo } from 'react';
import type { QuestionRow } from '../../../../shared/contract/questions.ts';
import { beginningOf } from '../../components/plain-text.ts';
import { formatRoute } from '../../routing/route.ts';
import type { QuestionColumn } from './columns.tsx';
import type { ListInput } from './question-list.ts';
import classes from './question-table.module.css';
import { type QuestionItem, type QuestionItemsProps, useQuestionLines } from './use-question-lines.ts';

export const rowHeight = 46;

export type QuestionTableProps = QuestionItemsProps & Readonly<{ shown: readonly QuestionColumn[] }>;

export function QuestionTable({ shown, ...props }: QuestionTableProps) {
  const { ref, height, items } = useQuestionLines(props, { rowHeight, itemsInRow: 1 });
  return (
    <div ref={ref} role="rowgroup" className={classes.body} style={{ height }}>
      {items.map((item) => (
        <TableRow key={item.index} {...item} input={props.input} shown={shown} />
      ))}
    </div>
  );
}

type TableRowProps = QuestionItem & Readonly<{ input: ListInput; shown: readonly QuestionColumn[] }>;

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

type SelectBoxProps = Pick<QuestionItem, 'index' | 'isSelected' | 'isFixed' | 'onToggle'> &
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
