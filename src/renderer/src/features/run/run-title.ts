/** What a run is called where its user gave it no label. */
import { describeMethod } from '../../../../shared/run-settings.ts';
import type { RunSummary } from '../../../../shared/run.ts';

export function runTitle({ label, settings, kind, runId }: RunSummary): string {
  if (label !== '') return label;
  if (kind === 'imported') return 'Imported predictions';
  if (settings === null) return runId;
  const { method, latentSteps, patchesPerStep, intervention } = settings;
  const { title, isLatent } = describeMethod(method);
  const parts = [title, ...(isLatent ? [`N = ${String(latentSteps)}, K = ${String(patchesPerStep)}`] : [])];
  return [...parts, ...(intervention === 'none' ? [] : [intervention])].join(' · ');
}

/** By run id: `2` for the second run of one title, in the order in which they were created; 1 where it is the first. */
export function titleNumbers(runs: readonly RunSummary[]): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  const seen = new Map<string, number>();
  for (const run of runs.toSorted((a, b) => (a.createdAt < b.createdAt ? -1 : 1))) {
    const title = runTitle(run);
    const number = (seen.get(title) ?? 0) + 1;
    seen.set(title, number);
    numbers.set(run.runId, number);
  }
  return numbers;
}
