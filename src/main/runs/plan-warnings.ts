/** What to mind before a run, or going on with one, costs hours: nothing here refuses it. */
import { latentSlotCount } from '../../shared/bundle.ts';
import { sharingCount } from '../../shared/engine-places.ts';
import { bundleMemoryBytes } from '../../shared/model-memory.ts';
import { modelWarnings } from '../../shared/model-warnings.ts';
import { isLatent } from '../../shared/run-settings.ts';
import { suggestBatchSize } from '../engine/batch-size.ts';
import type { BatchLimits } from './batch-limits.ts';
import type { DeviceChoice } from './device-choice.ts';
import { coreCount } from './engine-threads.ts';
import { memoryThere } from './memory-shortage.ts';
import type { CheckedPoint } from './planner.ts';

/** What the machine gives to runs. */
export type Machine = Readonly<{ devices: DeviceChoice; limits: BatchLimits }>;

type Point = Pick<CheckedPoint, 'bundle' | 'settings' | 'device'>;

export type PlannedMemory = Readonly<{
  /** Of one engine. */
  engineBytes: number;
  /** By all engines that share the memory. */
  neededBytes: number;
  /** How many those are. */
  sharing: number;
  /** Of the device, or of the machine where it computes in main memory; null: not known. */
  totalBytes: number | null;
  suggestedBatchSize: number;
}>;

/** @param count questions of the run: no batch is larger */
export async function plannedMemory(
  { bundle, settings, device }: Point,
  count: number,
  { devices, limits }: Machine,
): Promise<PlannedMemory> {
  const sharing = sharingCount(settings, device);
  const deviceMemoryBytes = await devices.memoryBytes(device);
  const known = await limits.read(bundle.fingerprint, device);
  const suggestedBatchSize = Math.min(
    suggestBatchSize(bundle, { device, deviceMemoryBytes, sharingCount: sharing }),
    known ?? Infinity,
  );
  const batchSize = Math.min(count, settings.batchSize === 'auto' ? suggestedBatchSize : settings.batchSize);
  const engineBytes = bundleMemoryBytes(bundle, batchSize);
  return {
    engineBytes,
    neededBytes: sharing * engineBytes,
    sharing,
    totalBytes: memoryThere(device, deviceMemoryBytes).totalBytes,
    suggestedBatchSize,
  };
}

/** Of model, steps and machine. */
export function runWarnings(point: Point, memory: PlannedMemory): string[] {
  const { bundle, settings } = point;
  const { trainedFor } = bundle;
  const warnings = modelWarnings(bundle, settings).map(sentence);
  const slots = latentSlotCount(bundle);
  if (isLatent(settings.method) && isLatent(trainedFor.method)) {
    if (settings.latentSteps > trainedFor.latentSteps)
      warnings.push(`More latent steps than it was trained with (${String(trainedFor.latentSteps)}).`);
    if (settings.latentSteps * settings.patchesPerStep > slots)
      warnings.push(`The pool of ${String(slots)} patches runs out before the last step.`);
  }
  return [...warnings, ...machineWarnings(point, memory)];
}

/** Of the machine alone: memory, cores, the size of a batch. */
export function machineWarnings(
  { settings, device }: Pick<Point, 'settings' | 'device'>,
  { neededBytes, sharing, totalBytes, suggestedBatchSize }: PlannedMemory,
  cores: number = coreCount(),
): string[] {
  const warnings: string[] = [];
  if (totalBytes !== null && neededBytes > totalBytes) {
    const who = sharing === 1 ? 'It needs' : `${String(sharing)} engines that share the memory need`;
    warnings.push(
      `${who} about ${gigabytes(neededBytes)} of memory; this machine has ${gigabytes(totalBytes)} for it.`,
    );
  }
  if (device === 'cpu' && settings.engines > cores) {
    warnings.push(
      `${String(settings.engines)} engines on a processor of ${String(cores)} ${cores === 1 ? 'core' : 'cores'}: they take turns on the same cores, each loads the whole model, and the run is not done sooner.`,
    );
  }
  if (settings.batchSize !== 'auto' && settings.batchSize > 4 * suggestedBatchSize)
    warnings.push(`The batch is large for this machine; ${String(suggestedBatchSize)} is what auto would take.`);
  return warnings;
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
