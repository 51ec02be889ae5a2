/** Where an answer's latent steps asked for more patches than the pool still had. Pure. */
import type { RunSettings } from '../../../../shared/run-settings.ts';
import type { Trace } from '../../../../shared/trace.ts';

export type PoolShortage = Readonly<{
  /** 0-based: the first step that got fewer than K. */
  stepIndex: number;
  /** Slots that were left for it. */
  left: number;
  /** Later steps that took nothing at all. */
  emptyLater: number;
  /** Slots of the grid, J. */
  slotCount: number;
}>;

/** Null where every step got its K patches, or was not meant to. */
export function poolShortage(trace: Trace, settings: Pick<RunSettings, 'patchesPerStep'>): PoolShortage | null {
  if (trace.image === null) return null;
  const short = trace.steps.find(({ pool }) => pool.length < settings.patchesPerStep);
  if (short === undefined) return null;
  const { stepIndex, pool } = short;
  return {
    stepIndex,
    left: pool.length,
    emptyLater: trace.steps.filter((step) => step.stepIndex > stepIndex && step.pool.length === 0).length,
    slotCount: trace.image.gridRows * trace.image.gridColumns,
  };
}

/** The shortage in words, with what to do about it. */
export function describeShortage(
  { stepIndex, left, emptyLater, slotCount }: PoolShortage,
  { patchesPerStep, intervention }: Pick<RunSettings, 'patchesPerStep' | 'intervention'>,
): string {
  const wanted = `Step ${String(stepIndex + 1)} wanted K = ${String(patchesPerStep)} patches`;
  const found = left === 0 ? 'none was left' : `${String(left)} ${left === 1 ? 'was' : 'were'} left`;
  const later =
    emptyLater === 0
      ? ''
      : `, and nothing for the ${emptyLater === 1 ? 'step' : `${String(emptyLater)} steps`} after it`;
  const why =
    intervention === 'allow-reuse'
      ? `The picture has only ${String(slotCount)}.`
      : `The picture has ${String(slotCount)}, and each is used once. A step takes what is left; a smaller N or K, or allow-reuse, leaves enough.`;
  return `${wanted}, and ${found}${later}. ${why}`;
}
