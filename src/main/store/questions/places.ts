/** Where a run has the rows of a table: positions by row number. */
import type { Connection } from '../connection.ts';
import type { Sized } from './kept-values.ts';
import { predictionRowsOf, sampleRowsOf, type RunColumns } from './run-columns.ts';

/** Positions by row: an array from the lowest row on, or a map where the run's rows lie far apart. */
export type Places = Sized & Readonly<{ low: number; high: number; positionOf: (row: number) => number | undefined }>;

/** Of an entry of a map from number to number, about. */
const mapEntryBytes = 40;

/** Looking a run's every row up here is several times faster than a join, or a map; NaN is no row. */
function placesOf(rows: Float64Array): Places {
  let low = Infinity;
  let high = -1;
  for (const row of rows) {
    if (row < low) low = row;
    if (row > high) high = row;
  }
  if (high - low > rows.length * 4) {
    const places = new Map<number, number>();
    rows.forEach((row, position) => places.set(row, position));
    return { low, high, positionOf: (row) => places.get(row), sizeBytes: places.size * mapEntryBytes };
  }
  const places = new Int32Array(Math.max(0, high - low + 1)).fill(-1);
  rows.forEach((row, position) => {
    if (!Number.isNaN(row)) places[row - low] = position;
  });
  return { low, high, positionOf: (row) => places[row - low], sizeBytes: places.byteLength };
}

export const samplePlacesOf = (connection: Connection, run: RunColumns): Places =>
  run.kept('places of samples', () => placesOf(sampleRowsOf(connection, run)));

export const predictionPlacesOf = (connection: Connection, run: RunColumns): Places =>
  run.kept('places of answers', () => placesOf(predictionRowsOf(connection, run)));
