/**
 * Compares a database's tables with those that the migrations make: a store that lost one is damaged, and a
 * file from elsewhere (a packed run) may name anything a table: a view that computes for ever, or a column of
 * another kind.
 */
import { PenumbraFailure } from '../../shared/failure.ts';
import { openConnection, type Connection } from './connection.ts';
import { migrate } from './migrations/migrate.ts';
import { damaged } from './sqlite-failure.ts';

type ColumnRow = { tableName: string; columnName: string; type: string; hidden: number };

/** Fails (`store-damaged`) unless every table of schema `version` is an ordinary table with its columns. */
export function checkSchema(connection: Connection, version: number): void {
  const memory = openConnection(':memory:', { readOnly: false, mustExist: false, busyTimeoutMs: 0 });
  try {
    migrate(memory, version);
    const found = columnsOf(connection);
    for (const column of columnsOf(memory)) {
      if (found.has(column)) continue;
      throw new PenumbraFailure(damaged(connection.path, `no ${column}`, 'schema'));
    }
  } finally {
    memory.close();
  }
}

/** `column TABLE.NAME TYPE` for each column of each ordinary table. */
function columnsOf(connection: Connection): Set<string> {
  const rows = connection.all<ColumnRow>(`
    SELECT tables.name AS tableName, columns.name AS columnName, columns.type AS type, columns.hidden AS hidden
    FROM pragma_table_list AS tables, pragma_table_xinfo(tables.name) AS columns
    WHERE tables.schema = 'main' AND tables.type = 'table'
  `);
  const stored = rows.filter(({ hidden }) => hidden === 0);
  return new Set(stored.map(({ tableName, columnName, type }) => `column ${tableName}.${columnName} ${type}`));
}
