/** What a run's answers are in the store's file, byte for byte and without times: for comparing runs. */
import Database from 'better-sqlite3';

/** Rows of the newest run in the order of its plan, and all values of its latent steps. */
export function answeredRows(storePath: string): { rows: unknown[]; steps: unknown[]; patches: unknown[] } {
  const database = new Database(storePath, { readonly: true });
  const newest = 'run_row = (SELECT max(run_row) FROM runs)';
  const all = (sql: string): unknown[] => database.prepare(sql).all();
  try {
    return {
      rows: all(
        `SELECT position, sample_row, answered, has_trace, output_token_count, ar_steps, finish_reason,
           output_text, messages, prompt, trace, failure
         FROM predictions JOIN outputs USING (prediction_row) WHERE ${newest} ORDER BY position`,
      ),
      steps: all(
        `SELECT position, latent_steps.* FROM predictions JOIN latent_steps USING (prediction_row)
         WHERE ${newest} ORDER BY position, step_index`,
      ).map(withoutRow),
      patches: all(
        `SELECT position, latent_step_patches.* FROM predictions JOIN latent_step_patches USING (prediction_row)
         WHERE ${newest} ORDER BY position, step_index`,
      ).map(withoutRow),
    };
  } finally {
    database.close();
  }
}

/** The number of the prediction's row follows from when it was recorded, not from what it says. */
function withoutRow(row: unknown): unknown {
  return typeof row === 'object' ? { ...row, prediction_row: null } : row;
}
