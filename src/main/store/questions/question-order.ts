/** Orders of a run's questions. Questions without the value come last in both directions; ties go by position. */
import type { ScorerName } from '../../../shared/prediction.ts';
import type { QuestionOrder, QuestionSort } from '../../../shared/question-order.ts';
import type { Connection } from '../connection.ts';
import { samplePlacesOf } from './places.ts';
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
    if (by !== 'position') return positionsByKey(keysOf(connection, run, scorer, by, stepIndex), descending);
    const positions = Int32Array.from({ length: run.size }, (_, position) => position);
    return descending ? positions.reverse() : positions;
  });
}

/**
 * Each position goes to the first free place of its key among the sorted keys: sorting plain numbers takes a tenth of
 * a sort that calls back for every comparison.
 */
function positionsByKey(keys: Float64Array, descending: boolean): Int32Array {
  const sorted = keys.filter((key) => !Number.isNaN(key)).sort();
  const taken = new Int32Array(sorted.length + 1);
  const positions = new Int32Array(keys.length);
  let missing = sorted.length;
  keys.forEach((key, position) => {
    if (Number.isNaN(key)) {
      positions[missing] = position;
      missing += 1;
      return;
    }
    const first = countBelow(sorted, key, descending);
    const before = taken[first] ?? 0;
    taken[first] = before + 1;
    positions[descending ? sorted.length - first + before : first + before] = position;
  });
  return positions;
}

/** How many of the ascending numbers are below `key`, or equal to it where asked. */
function countBelow(sorted: Float64Array, key: number, orEqual: boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const value = sorted[middle] ?? 0;
    if (value < key || (orEqual && value === key)) low = middle + 1;
    else high = middle;
  }
  return low;
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

function sampleKeys(connection: Connection, run: RunColumns): Float64Array {
  const keys = new Float64Array(run.size).fill(Number.NaN);
  const { low, high, positionOf } = samplePlacesOf(connection, run);
  // The index's own order, and nothing but the index: neither a sort nor the wide rows of samples.
  const sql = `SELECT sample_row FROM samples INDEXED BY samples_by_id WHERE sample_row BETWEEN :low AND :high
    ORDER BY sample_id`;
  if (high < 0) return keys;
  connection.values<number>(sql, { low, high }).forEach((sampleRow, place) => {
    const position = positionOf(sampleRow);
    if (position !== undefined && position >= 0) keys[position] = place;
  });
  return keys;
}
