/** Orders of a run's questions. Questions without the value come last in both directions; ties go by position. */
import type { ScorerName } from '../../../shared/prediction.ts';
import type { QuestionOrder, QuestionSort } from '../../../shared/question-order.ts';
import type { Connection } from '../connection.ts';
import { answerNumbersOf, goldOf, scoresOf, stepNumbersOf, type RunColumns } from './run-columns.ts';

/** All positions of the run in the order. */
export function orderedPositions(
  connection: Connection,
  run: RunColumns,
  scorer: ScorerName,
  {
    by,
    stepIndex = null,
    descending,
  }: Readonly<{ by: QuestionOrder; stepIndex?: number | null | undefined; descending: boolean }>,
): Int32Array {
  return run.kept(`order ${JSON.stringify([scorer, by, stepIndex, descending])}`, () => {
    const positions = Int32Array.from({ length: run.size }, (_, position) => position);
    if (by === 'position') return descending ? positions.reverse() : positions;
    const keys = keysOf(connection, run, scorer, by, stepIndex);
    const keyed = positions.filter((position) => !Number.isNaN(keys[position]));
    const direction = descending ? -1 : 1;
    keyed.sort((a, b) => direction * ((keys[a] ?? 0) - (keys[b] ?? 0)) || a - b);
    const missing = positions.filter((position) => Number.isNaN(keys[position]));
    positions.set(keyed);
    positions.set(missing, keyed.length);
    return positions;
  });
}

/** The order of a page that asks for none. */
export const byPosition: QuestionSort = { by: 'position', descending: false };

/** Numbers to sort by, NaN for none. */
function keysOf(
  connection: Connection,
  run: RunColumns,
  scorer: ScorerName,
  by: Exclude<QuestionOrder, 'position'>,
  stepIndex: number | null,
): Float64Array {
  switch (by) {
    case 'time':
    case 'ar-steps':
      return answerNumbersOf(connection, run, by);
    case 'vision-mass':
    case 'text-mass':
    case 'latent-vision-mass':
    case 'latent-text-mass':
    case 'focus':
      return stepNumbersOf(connection, run, by, stepIndex);
    case 'outcome':
      return Float64Array.from(scoresOf(connection, run, scorer).outcome);
    case 'predicted':
      return letterKeys(scoresOf(connection, run, scorer).choice);
    case 'gold':
      return letterKeys(goldOf(connection, run));
    case 'category':
      return categoryKeys(connection, scoresOf(connection, run, scorer).stratum);
    case 'sample':
      return sampleKeys(connection, run);
  }
}

const letterKeys = (indexes: Int16Array): Float64Array =>
  Float64Array.from(indexes, (index) => (index < 0 ? Number.NaN : index));

/** Places of the strata by domain, topic, category, split. */
function categoryKeys(connection: Connection, stratum: Int32Array): Float64Array {
  const rows = connection.rows<[number]>(
    'SELECT stratum_row FROM strata ORDER BY domain, topic, category, split, stratum_row',
  );
  const placeOf = new Map(rows.map(([row], place) => [row, place]));
  return Float64Array.from(stratum, (row) => placeOf.get(row) ?? Number.NaN);
}

function sampleKeys(connection: Connection, { runRow, size }: RunColumns): Float64Array {
  const keys = new Float64Array(size).fill(Number.NaN);
  // In the index's order: neither a sort nor the wide rows of samples.
  const sql = `SELECT position FROM samples INDEXED BY samples_by_id CROSS JOIN planned_questions
      ON planned_questions.sample_row = samples.sample_row AND run_row = :runRow ORDER BY sample_id`;
  connection.rows<[number]>(sql, { runRow }).forEach(([position], place) => (keys[position] = place));
  return keys;
}
