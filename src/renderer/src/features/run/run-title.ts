/** What a run is called where its user gave it no label. */
import type { RunSummary } from '../../../../shared/run.ts';

export function runTitle({ label, settings, kind, runId }: RunSummary): string {
  if (label !== '') return label;
  if (kind === 'imported') return 'Imported predictions';
  if (settings === null) return runId;
  const { method, latentSteps, patchesPerStep, intervention } = settings;
  const parts = [method, ...(method === 'ivt-lr' ? [`N = ${String(latentSteps)}, K = ${String(patchesPerStep)}`] : [])];
  return [...parts, ...(intervention === 'none' ? [] : [intervention])].join(' · ');
}
