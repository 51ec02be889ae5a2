/** The engines of one run as a crew: loaded together, one size of batch for all, each known by its name where it fails. */
import { engineName } from '../../shared/engine-places.ts';
import type { RunSettings } from '../../shared/run-settings.ts';
import { CrashStreak } from './batch-answerer.ts';
import type { EngineUse } from './engine-desk.ts';
import { EngineUnusable, type LoadedEngine } from './engine-supervisor.ts';

/** Loads every engine; the suggested size of a batch suits them all. Fails as the first one that cannot be loaded. */
export async function loadCrew(engines: readonly EngineUse[], settings: RunSettings): Promise<LoadedEngine> {
  const loaded = await Promise.all(engines.map((engine, index) => ofEngine(settings, index, () => engine.ready())));
  const [first] = loaded;
  if (first === undefined) throw new Error('a run has at least one engine');
  return { ...first, suggestedBatchSize: Math.min(...loaded.map(({ suggestedBatchSize }) => suggestedBatchSize)) };
}

/** Says in a failure that is an engine's own which of several it was. */
export async function ofEngine<Result>(
  settings: Pick<RunSettings, 'device' | 'engines' | 'gpus'>,
  index: number,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const isIts = error instanceof CrashStreak || error instanceof EngineUnusable;
    if (!isIts || settings.engines === 1) throw error;
    const failure = { ...error.failure, place: engineName(settings, index) };
    throw error instanceof CrashStreak ? new CrashStreak(failure, error.positions) : new EngineUnusable(failure);
  }
}
