/** The table's header: sorts by a column, and its grips (mouse, touch, arrow keys) change a column's width. */
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import {
  columnResizingFeature,
  columnSizingFeature,
  columnVisibilityFeature,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { useEffect } from 'react';
import type { QuestionRow } from '../../../../shared/contract/questions.ts';
import type { QuestionSort } from '../../../../shared/question-order.ts';
import { columns, type QuestionColumn } from './columns.tsx';
import { nextSort } from './order-names.ts';
import classes from './question-table.module.css';

const features = tableFeatures({ columnSizingFeature, columnResizingFeature, columnVisibilityFeature });
const definitions = columns.map(({ id, size }) => ({ id, size, minSize: 50, maxSize: 420 }));
const noRows: QuestionRow[] = [];

export type ColumnSizes = Readonly<Record<string, number>>;

/** @param remembered sizes of an earlier visit; `remember` is told when a grip is let go */
export function useColumnTable(remembered: ColumnSizes, remember: (sizes: ColumnSizes) => void) {
  const table = useTable({
    features,
    columns: definitions,
    data: noRows,
    columnResizeMode: 'onChange',
    initialState: { columnSizing: { ...remembered } },
  });
  const { columnSizing, columnResizing } = table.state;
  const isDragging = columnResizing.isResizingColumn !== false;
  const sizes = JSON.stringify(columnSizing);
  useEffect(() => {
    if (!isDragging && sizes !== JSON.stringify(remembered)) remember(JSON.parse(sizes) as ColumnSizes);
  }, [isDragging, sizes, remembered, remember]);
  return {
    table,
    sizeOf: ({ id, size }: QuestionColumn): number => columnSizing[id] ?? size,
    dragged: columnResizing.isResizingColumn,
  };
}

type ColumnTable = ReturnType<typeof useColumnTable>;

export type TableHeadProps = Readonly<{
  columnTable: ColumnTable;
  shown: readonly QuestionColumn[];
  sort: QuestionSort | null;
  onSort: (sort: QuestionSort | null) => void;
  isAllSelected: boolean;
  onSelectAll: (isAll: boolean) => void;
  /** Where it sticks below the window's top edge, in pixels. */
  top: number;
}>;

export function TableHead({ columnTable, shown, sort, onSort, isAllSelected, onSelectAll, top }: TableHeadProps) {
  return (
    <div role="rowgroup" className={classes.stickyHead} style={{ top }}>
      <div role="row" aria-rowindex={1} className={classes.head}>
        <span role="columnheader" className={classes.check}>
          <input
            type="checkbox"
            className={classes.box}
            checked={isAllSelected}
            aria-label="Select all questions of the filter"
            title="Select all questions of the filter"
            onChange={({ currentTarget }) => onSelectAll(currentTarget.checked)}
          />
        </span>
        <span role="columnheader" className={classes.heading} style={{ paddingLeft: 0 }} {...sortedBy(sort, 'sample')}>
          <SortButton title="Question" hint="Sorts by id" order="sample" sort={sort} onSort={onSort} />
        </span>
        {shown.map(({ id, title, hint, order, align }) => (
          <span
            key={id}
            role="columnheader"
            className={classes.heading}
            data-align={align}
            {...(order === null ? {} : sortedBy(sort, order))}
          >
            <Grip columnTable={columnTable} id={id} title={title} />
            {order === null ? (
              title
            ) : (
              <SortButton title={title} hint={hint ?? null} order={order} sort={sort} onSort={onSort} />
            )}
          </span>
        ))}
      </div>
    </div>
  );
}

const sortedBy = (sort: QuestionSort | null, order: QuestionSort['by']) =>
  sort?.by === order ? { 'aria-sort': sort.descending ? ('descending' as const) : ('ascending' as const) } : {};

type SortButtonProps = Readonly<{
  title: string;
  hint: string | null;
  order: QuestionSort['by'];
  sort: QuestionSort | null;
  onSort: (sort: QuestionSort | null) => void;
}>;

function SortButton({ title, hint, order, sort, onSort }: SortButtonProps) {
  const Arrow = sort?.by !== order ? null : sort.descending ? IconArrowDown : IconArrowUp;
  return (
    <button
      type="button"
      className={classes.sort}
      {...(hint === null ? {} : { title: hint })}
      onClick={() => onSort(nextSort(sort, order))}
    >
      {title}
      {Arrow === null ? null : <Arrow size={13} aria-hidden="true" />}
    </button>
  );
}

type GripProps = Readonly<{ columnTable: ColumnTable; id: string; title: string }>;

/** At the column's left edge: the question's column beside it takes what is given up. */
function Grip({ columnTable: { table, sizeOf, dragged }, id, title }: GripProps) {
  const column = columns.find((each) => each.id === id);
  if (column === undefined) return null;
  const width = sizeOf(column);
  const resize = (by: number): void =>
    table.setColumnSizing((sizes) => ({ ...sizes, [id]: Math.min(420, Math.max(50, width + by)) }));
  const drag = (from: number, target: HTMLElement, pointerId: number): void => {
    target.setPointerCapture(pointerId);
    table.setColumnResizing((state) => ({ ...state, isResizingColumn: id }));
    const move = (event: PointerEvent): void =>
      table.setColumnSizing((sizes) => ({ ...sizes, [id]: Math.min(420, Math.max(50, width + from - event.clientX)) }));
    target.addEventListener('pointermove', move);
    target.addEventListener(
      'lostpointercapture',
      () => {
        target.removeEventListener('pointermove', move);
        table.setColumnResizing((state) => ({ ...state, isResizingColumn: false }));
      },
      { once: true },
    );
  };
  return (
    <button
      type="button"
      className={classes.grip}
      aria-label={`Width of ${title}: ${String(Math.round(width))} pixels; arrow keys change it`}
      {...(dragged === id ? { 'data-dragged': true } : {})}
      onPointerDown={(event) => drag(event.clientX, event.currentTarget, event.pointerId)}
      onKeyDown={(event) => {
        if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
        event.preventDefault();
        resize(event.key === 'ArrowLeft' ? 10 : -10);
      }}
    />
  );
}
