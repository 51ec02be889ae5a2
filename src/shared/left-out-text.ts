/** The words for rows of a dataset that cannot be read: no run asks them. */
export function leftOutText(rowsLeftOut: number): string {
  const rows = rowsLeftOut === 1 ? '1 row is' : `${rowsLeftOut.toLocaleString('en-US')} rows are`;
  return `${rows} left out: see the dataset’s problems.`;
}
