/**
 * One connection to an SQLite file: prepared statements are kept by their text, parameters are named, and every
 * error that the outside can cause comes out as a typed failure. The only importer of better-sqlite3 beside the
 * table of its error codes.
 */
import Database from 'better-sqlite3';
import { storeFailure } from './sqlite-failure.ts';

export type SqlValue = string | number | bigint | null | Uint8Array;
export type SqlParameters = Readonly<Record<string, SqlValue>>;

export type Connection = Readonly<{
  path: string;
  /** Every row; `Row` is what the statement selects, as the schema's strict types guarantee. */
  all: <Row>(sql: string, parameters?: SqlParameters) => Row[];
  /** Every row as its values, without names: for many narrow rows. */
  rows: <Row extends readonly SqlValue[]>(sql: string, parameters?: SqlParameters) => Row[];
  /** The first value of every row. */
  values: <Value extends SqlValue>(sql: string, parameters?: SqlParameters) => Value[];
  /** Runs a statement that writes. */
  run: (sql: string, parameters?: SqlParameters) => Readonly<{ changes: number; lastRowId: number }>;
  /** Several statements without parameters. */
  execute: (sql: string) => void;
  pragma: (text: string) => unknown;
  /** All or nothing. Takes the write lock at once, so that it cannot fail half-way for another writer's sake. */
  transaction: <Result>(work: () => Result) => Result;
  /** Everything that `work` reads is of one moment; for reading only. */
  snapshot: <Result>(work: () => Result) => Result;
  /** One Int32: how many of this connection's calls write, or wait to. A thread that writes much looks, and lets them. */
  writersAtWork: SharedArrayBuffer;
  close: () => void;
}>;

export type ConnectionOptions = Readonly<{ readOnly: boolean; mustExist: boolean; busyTimeoutMs: number }>;

/** Opens `path`; `:memory:` gives a database of its own. */
export function openConnection(path: string, options: ConnectionOptions): Connection {
  const guarded = <Result>(work: () => Result): Result => {
    try {
      return work();
    } catch (error) {
      throw storeFailure(error, path);
    }
  };
  const database = guarded(
    () =>
      new Database(path, {
        readonly: options.readOnly,
        fileMustExist: options.mustExist,
        timeout: options.busyTimeoutMs,
      }),
  );
  const writersAtWork = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const atWork = new Int32Array(writersAtWork);
  const counted = <Result>(work: () => Result): Result => {
    Atomics.add(atWork, 0, 1);
    try {
      return guarded(work);
    } finally {
      Atomics.sub(atWork, 0, 1);
      Atomics.notify(atWork, 0);
    }
  };
  const statements = new Map<string, Database.Statement<[SqlParameters]>>();
  const rawStatements = new Map<string, Database.Statement<[SqlParameters]>>();
  const valueStatements = new Map<string, Database.Statement<[SqlParameters]>>();
  const prepared = (sql: string): Database.Statement<[SqlParameters]> => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const statement = database.prepare<[SqlParameters]>(sql);
    statements.set(sql, statement);
    return statement;
  };
  const preparedRaw = (sql: string): Database.Statement<[SqlParameters]> => {
    const statement = rawStatements.get(sql) ?? database.prepare<[SqlParameters]>(sql).raw();
    rawStatements.set(sql, statement);
    return statement;
  };
  const preparedValue = (sql: string): Database.Statement<[SqlParameters]> => {
    const statement = valueStatements.get(sql) ?? database.prepare<[SqlParameters]>(sql).pluck();
    valueStatements.set(sql, statement);
    return statement;
  };
  return {
    path,
    all: <Row>(sql: string, parameters: SqlParameters = {}) => {
      const statement = guarded(() => prepared(sql));
      return (statement.readonly ? guarded : counted)(() => statement.all(parameters) as Row[]);
    },
    rows: <Row extends readonly SqlValue[]>(sql: string, parameters: SqlParameters = {}) =>
      guarded(() => preparedRaw(sql).all(parameters) as unknown as Row[]),
    values: <Value extends SqlValue>(sql: string, parameters: SqlParameters = {}) =>
      guarded(() => preparedValue(sql).all(parameters) as Value[]),
    run: (sql, parameters = {}) =>
      counted(() => {
        const { changes, lastInsertRowid } = prepared(sql).run(parameters);
        return { changes, lastRowId: Number(lastInsertRowid) };
      }),
    execute: (sql) => guarded(() => void database.exec(sql)),
    pragma: (text) => guarded(() => database.pragma(text, { simple: true })),
    transaction: (work) => counted(() => database.transaction(work).immediate()),
    snapshot: (work) => guarded(() => database.transaction(work).deferred()),
    writersAtWork,
    close: () => void database.close(),
  };
}
