/**
 * A plain table for terminals and logs: aligned columns, no borders, a rule under the header. Cells come from files
 * and users, so every one of them is made printable here.
 */
import { printableLine } from './printable.ts';

export type Column<Row> = Readonly<{
  header: string;
  align?: 'left' | 'right';
  cell: (row: Row) => string;
}>;

/** Lines of the table; the last column is never padded. */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const cells = rows.map((row) => columns.map((column) => printableLine(column.cell(row))));
  const headers = columns.map(({ header }) => printableLine(header));
  const widths = headers.map((header, index) =>
    Math.max(header.length, ...cells.map((line) => line[index]?.length ?? 0)),
  );
  const format = (line: readonly string[]): string =>
    line
      .map((text, index) => {
        const width = widths[index] ?? 0;
        return columns[index]?.align === 'right' ? text.padStart(width) : text.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return [format(headers), widths.map((width) => '-'.repeat(width)).join('  '), ...cells.map(format)].join('\n');
}

/** Aligned `name  value` lines; pairs without a value are left out. */
export function properties(pairs: readonly (readonly [string, string | null | undefined])[]): string {
  const shown = pairs.filter((pair): pair is readonly [string, string] => typeof pair[1] === 'string');
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  return shown.map(([name, value]) => `${name.padEnd(width)}  ${printableLine(value)}`).join('\n');
}
