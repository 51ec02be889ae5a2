/** Which of the chosen columns fit beside the question; the most dispensable make room first. */

/** The question's own column is never narrower. */
export const questionMinimum = 230;

type Column = Readonly<{ id: string; dispensable: number }>;

/**
 * @param width of the table without the checkboxes
 * @param sizeOf a column's width in pixels
 */
export function fittingColumns<C extends Column>(
  chosen: readonly C[],
  width: number,
  sizeOf: (column: C) => number,
): C[] {
  const kept = [...chosen];
  const needed = (): number => kept.reduce((sum, column) => sum + sizeOf(column), questionMinimum);
  while (kept.length > 0 && needed() > width) {
    const most = Math.max(...kept.map(({ dispensable }) => dispensable));
    kept.splice(
      kept.findLastIndex(({ dispensable }) => dispensable === most),
      1,
    );
  }
  return kept;
}
