/** What a store holds, by SQL of the tests' own: never through the program that they test. */
import Database from 'better-sqlite3';

/** First column of each row. */
export function column(store: string, sql: string, ...parameters: readonly unknown[]): unknown[] {
  return reading(store, (database) =>
    database
      .prepare(sql)
      .pluck()
      .all(...parameters),
  );
}

export const number = (store: string, sql: string, ...parameters: readonly unknown[]): number =>
  Number(column(store, sql, ...parameters)[0]);

/** Rows by column name. */
export function rows(store: string, sql: string, ...parameters: readonly unknown[]): Record<string, unknown>[] {
  return reading(store, (database) => database.prepare(sql).all(...parameters) as Record<string, unknown>[]);
}

/** Every answered question of a run with its score by the run's own scorer; conditions go behind it. */
export const scoredQuestions = `FROM runs
  JOIN scores ON scores.run_row = runs.run_row AND scores.scorer = runs.scorer
  JOIN predictions ON predictions.run_row = scores.run_row AND predictions.position = scores.position
  JOIN outputs ON outputs.prediction_row = predictions.prediction_row
  JOIN samples ON samples.sample_row = predictions.sample_row
  JOIN strata ON strata.stratum_row = samples.stratum_row`;

function reading<T>(store: string, read: (database: Database.Database) => T): T {
  const database = new Database(store, { readonly: true });
  try {
    return read(database);
  } finally {
    database.close();
  }
}
