/** How long a model takes for a question on this machine: from its finished runs, otherwise from its check. */
import { cpus, totalmem } from 'node:os';
import type { z } from 'zod';
import { modelReportSchema } from '../../shared/contract/models.ts';
import { runSettingsSchema, type RunSettings, type SettingName } from '../../shared/run-settings.ts';
import { runEnvironmentSchema, type RunEnvironment } from '../store/runs-repository.ts';
import type { Store } from '../store/store.ts';

/** Settings that change the time a question takes, the weightiest first. */
const weighty: readonly SettingName[] = [
  'method',
  'device',
  'engines',
  'batchSize',
  'latentSteps',
  'patchesPerStep',
  'maxTokens',
];

/** Wall seconds a question; null where this machine has neither run nor checked the model. */
export function secondsPerQuestion(store: Store, modelFingerprint: string, settings: RunSettings): number | null {
  let best: Readonly<{ likeness: number; seconds: number }> | null = null;
  for (const run of store.times.finishedRunsOf(modelFingerprint)) {
    const environment = read(runEnvironmentSchema, run.environment);
    const ran = read(runSettingsSchema, run.settings);
    if (environment === null || ran === null || !isThisMachine(environment) || run.questionCount === 0) continue;
    const likeness = likenessOf(ran, settings);
    if (best === null || likeness > best.likeness) best = { likeness, seconds: run.workMs / 1000 / run.questionCount };
  }
  if (best !== null) return best.seconds;
  const report = store.times.reportOf(modelFingerprint);
  return report === null ? null : (read(modelReportSchema, report)?.secondsPerQuestion ?? null);
}

function isThisMachine({ cpu, platform, memoryBytes }: RunEnvironment): boolean {
  return (
    cpu === (cpus()[0]?.model.trim() ?? 'unknown') &&
    platform === `${process.platform} ${process.arch}` &&
    memoryBytes === totalmem()
  );
}

/** Equal settings count more than all that come after them. */
function likenessOf(a: RunSettings, b: RunSettings): number {
  return weighty.reduce((sum, name, index) => sum + (a[name] === b[name] ? 2 ** (weighty.length - index) : 0), 0);
}

function read<Output>(schema: z.ZodType<Output>, text: string): Output | null {
  const parsed = schema.safeParse(JSON.parse(text));
  return parsed.success ? parsed.data : null;
}
