/** A delimited file as rows with named cells: the header checked once, ragged rows reported. */
import { fail, type Failure } from '../../../shared/failure.ts';
import { readDelimited, type Cell, type DelimitedOptions } from './delimited.ts';

export type TableRow =
  | Readonly<{ kind: 'row'; row: number; cell: (column: string) => Cell | undefined }>
  | Readonly<{ kind: 'failure'; row: number; failure: Failure }>;

export type Table = Readonly<{ columns: readonly string[]; rows: readonly TableRow[] }>;

/**
 * Yields batches of rows with the header's column names. Fails as `readDelimited`, and with `malformed-file` where
 * the header is unreadable or names a column twice.
 */
export async function* readTable(path: string, options: DelimitedOptions): AsyncGenerator<Table> {
  const { file } = options;
  let columns: readonly string[] | undefined;
  let positions: ReadonlyMap<string, number> = new Map();
  for await (const batch of readDelimited(path, options)) {
    const rows: TableRow[] = [];
    for (const record of batch) {
      if (columns === undefined) {
        if (record.kind === 'failure') {
          const { message, kind, ...detail } = record.failure;
          return fail(kind === 'wrong-encoding' ? kind : 'malformed-file', message, detail);
        }
        columns = record.cells.map((cell) => cell.text().trim());
        positions = new Map(columns.map((name, index) => [name, index]));
        const repeated = columns.find((name, index) => name !== '' && columns?.indexOf(name) !== index);
        if (repeated !== undefined) {
          return fail('malformed-file', `${file} names the column ${repeated} twice.`, {
            file,
            place: 'line 1',
            expected: 'a name of its own for each column',
            found: repeated,
          });
        }
        continue;
      }
      if (record.kind === 'failure') rows.push(record);
      else if (record.cells.length !== columns.length)
        rows.push(ragged(file, record.row, columns.length, record.cells.length));
      else {
        const { cells } = record;
        rows.push({
          kind: 'row',
          row: record.row,
          cell: (column) => {
            const position = positions.get(column);
            return position === undefined ? undefined : cells[position];
          },
        });
      }
    }
    yield { columns: columns ?? [], rows };
  }
  return undefined;
}

function ragged(file: string, row: number, expected: number, found: number): TableRow {
  const place = `line ${row}`;
  const failure: Failure = {
    kind: 'malformed-row',
    message: `${file}, ${place}: the row has ${found} cells where the header has ${expected}.`,
    file,
    place,
    expected: `${expected} cells`,
    found: `${found} cells`,
  };
  return { kind: 'failure', row, failure };
}
