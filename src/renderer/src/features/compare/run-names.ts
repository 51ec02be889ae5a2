/** Names of compared runs, each unlike the others: what a chart's legend can show. */
import { describeMethod } from '../../../../shared/run-settings.ts';
import type { RunSummary } from '../../../../shared/run.ts';
import { runTitle } from '../run/run-title.ts';

/**
 * By run id, in the order given. Runs of one title are told apart by their settings, or else by the end of their id;
 * runs that the list does not hold are named by their id.
 */
export function runNames(runIds: readonly string[], runs: readonly RunSummary[]): ReadonlyMap<string, string> {
  const titles = runIds.map((runId) => {
    const run = runs.find((candidate) => candidate.runId === runId);
    return run === undefined
      ? { title: runId, detailed: runId }
      : { title: runTitle(run), detailed: detailedTitle(run) };
  });
  const isAlone = (name: string, names: readonly string[]): boolean => names.indexOf(name) === names.lastIndexOf(name);
  const plain = titles.map(({ title }) => title);
  const withSettings = titles.map(({ detailed }) => detailed);
  return new Map(
    runIds.map((runId, index) => {
      const { title, detailed } = titles[index] ?? { title: runId, detailed: runId };
      if (isAlone(title, plain)) return [runId, title];
      return [runId, isAlone(detailed, withSettings) ? detailed : `${title} (${runId.slice(-4)})`];
    }),
  );
}

/** The run's label with what it was made with: `Demo · N = 1, K = 4`. */
function detailedTitle(run: RunSummary): string {
  if (run.label === '' || run.settings === null) return runTitle(run);
  const { method, latentSteps, patchesPerStep, intervention } = run.settings;
  const { title, isLatent } = describeMethod(method);
  return [
    run.label,
    isLatent ? `N = ${String(latentSteps)}, K = ${String(patchesPerStep)}` : title,
    ...(intervention === 'none' ? [] : [intervention]),
  ].join(' · ');
}
