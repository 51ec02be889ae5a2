/** Which questions of several runs are the same, as numbers: the rows of samples, or of the first with the same id. */
import { areDifferentQuestions } from '../analysis/question-identity.ts';
import type { RunRecord } from '../store/runs-repository.ts';
import type { Store } from '../store/store.ts';

export type CommonKeys = Readonly<{
  /** The columns with keys that are the same in every run. */
  of: <Columns extends Readonly<{ keys: readonly number[] }>>(columns: Columns) => Columns;
  /** The key of a sample's row; undefined for one that is in none of the runs. */
  keyOf: (sampleRow: number) => number | undefined;
  /** Keys that stand for different questions in some two of the runs. */
  differentQuestions: ReadonlySet<number>;
}>;

/** Runs on one dataset have the same questions; else ids decide, and texts where the datasets differ. */
export function commonKeys(store: Store, runs: readonly RunRecord[]): CommonKeys {
  const first = runs[0]?.datasetRow ?? null;
  if (first !== null && runs.every(({ datasetRow }) => datasetRow === first)) {
    return { of: (columns) => columns, keyOf: (sampleRow) => sampleRow, differentQuestions: new Set() };
  }
  const keyOfId = new Map<string, number>();
  const keyOfRow = new Map<number, number>();
  for (const { runRow } of runs) {
    for (const [sampleRow, sampleId] of store.comparedQuestions.sampleIds(runRow)) {
      const key = keyOfId.get(sampleId) ?? sampleRow;
      keyOfId.set(sampleId, key);
      keyOfRow.set(sampleRow, key);
    }
  }
  const differentQuestions = new Set<number>();
  for (const [index, a] of runs.entries()) {
    for (const b of runs.slice(index + 1)) {
      for (const sampleId of differentIdsOf(store, a, b)) differentQuestions.add(keyOfId.get(sampleId) ?? 0);
    }
  }
  return {
    of: (columns) => ({ ...columns, keys: columns.keys.map((sampleRow) => keyOfRow.get(sampleRow) ?? sampleRow) }),
    keyOf: (sampleRow) => keyOfRow.get(sampleRow),
    differentQuestions,
  };
}

function differentIdsOf(store: Store, a: RunRecord, b: RunRecord): string[] {
  return store.samples
    .sharedInOtherWords(a.runRow, b.runRow)
    .filter((shared) => areDifferentQuestions(shared.a, shared.b))
    .map(({ sampleId }) => sampleId);
}
