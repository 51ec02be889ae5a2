/** Where another run holds the same questions: by the stored sample, or across datasets by id and words. */
import { areDifferentQuestions } from '../../analysis/question-identity.ts';
import type { Connection } from '../connection.ts';
import type { SharedQuestion } from '../samples-repository.ts';
import { samplePlacesOf } from './places.ts';
import { sampleRowsOf, type RunColumns } from './run-columns.ts';

export type PairedPositions = Readonly<{
  /** Position in the other run of the question at each position of this one; -1: it has none. */
  positions: Int32Array;
  /** Ids that the runs share for different questions. */
  differentQuestions: number;
}>;

export function pairedPositions(
  connection: Connection,
  run: RunColumns,
  other: RunColumns,
  sharedByOtherDatasets: (runRowA: number, runRowB: number) => SharedQuestion[],
): PairedPositions {
  return run.kept(`pairs ${other.runId} ${other.revision}`, () => {
    const theirs = samplePlacesOf(connection, other);
    const positions = Int32Array.from(sampleRowsOf(connection, run), (sampleRow) => theirs.positionOf(sampleRow) ?? -1);
    let differentQuestions = 0;
    for (const { positionA, positionB, a, b } of sharedByOtherDatasets(run.runRow, other.runRow)) {
      if (areDifferentQuestions(a, b)) differentQuestions += 1;
      else if (positions[positionA] === -1) positions[positionA] = positionB;
    }
    return { positions, differentQuestions };
  });
}
