/**
 * What a slot is called on the page. Its number is the one of the exports and the command line, from 0, row by row;
 * row and column are counted from 1, as people count them, and so are the steps.
 */
import type { ImageGeometry } from '../../../../shared/trace.ts';

type Grid = Pick<ImageGeometry, 'gridColumns'>;

/** Row and column, both from 1. */
export function placeOfSlot({ gridColumns }: Grid, slot: number): Readonly<{ row: number; column: number }> {
  return { row: Math.floor(slot / gridColumns) + 1, column: (slot % gridColumns) + 1 };
}

/** `slot 17 · row 3, column 2` */
export function slotName(grid: Grid, slot: number): string {
  const { row, column } = placeOfSlot(grid, slot);
  return `slot ${String(slot)} · row ${String(row)}, column ${String(column)}`;
}

export const slotNumbering =
  'Slots are numbered from 0, row by row, as in CSV files and on the command line; steps, rows and columns are counted from 1 here, and from 0 there.';
