/** Names of compared runs, each unlike the others: what a chart's legend can show. */
import type { RunSummary } from '../../../../shared/run.ts';
import { runTitle } from '../run/run-title.ts';

/** By run id, in the order given; runs that the list does not hold are named by their id. */
export function runNames(runIds: readonly string[], runs: readonly RunSummary[]): ReadonlyMap<string, string> {
  const titles = runIds.map((runId) => {
    const run = runs.find((candidate) => candidate.runId === runId);
    return run === undefined ? runId : runTitle(run);
  });
  return new Map(
    runIds.map((runId, index) => {
      const title = titles[index] ?? runId;
      const isAlone = titles.indexOf(title) === titles.lastIndexOf(title);
      return [runId, isAlone ? title : `${title} (${runId.slice(-4)})`];
    }),
  );
}
