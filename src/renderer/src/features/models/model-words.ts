/** Models in words. */
import type { KnownModel, ModelReport } from '../../../../shared/contract/models.ts';
import { describeMethod, isLatent, type LatentDefaults } from '../../../../shared/run-settings.ts';

/** 2208985600 -> `2.21 B`, 412000 -> `412 k`: parameters are counted so in the literature. */
export function parameters(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toFixed(2)} B`;
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)} M`;
  return `${(value / 1e3).toFixed(0)} k`;
}

/** `N 3, K 32`; `plain answers`; of other methods in words their title. */
export function trainedFor({ method, latentSteps, patchesPerStep }: LatentDefaults): string {
  if (isLatent(method)) return `N ${String(latentSteps)}, K ${String(patchesPerStep)}`;
  return method === 'no-cot' ? 'plain answers' : describeMethod(method).title;
}

/** 0.0123 -> `1.23 %`: two digits that count. */
export function errorPercent(fraction: number): string {
  return fraction === 0 ? '0 %' : `${(fraction * 100).toPrecision(2)} %`;
}

export type CheckState = 'ready' | 'does not answer' | 'machine computes wrong' | 'not checked';

/** What a report says in two words. */
export function checkState(report: ModelReport | null): CheckState {
  if (report === null) return 'not checked';
  if (!report.answers) return 'does not answer';
  return report.selfTest === 'failed' ? 'machine computes wrong' : 'ready';
}

/** Seconds of one question here: from runs, else from the check. */
export function secondsHere({ secondsPerQuestion, report }: KnownModel): number | null {
  return secondsPerQuestion ?? report?.secondsPerQuestion ?? null;
}
