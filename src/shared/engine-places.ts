/**
 * Where the engines of a run work. Only CUDA and DirectML can be told which GPU to take: through Node, the runtime's
 * WebGPU takes the adapter that the driver puts first, and Core ML has one machine to itself.
 */
import type { Device, RunSettings } from './run-settings.ts';

const numbered: readonly Device[] = ['cuda', 'dml'];

/** How many engines a run has, and on which GPUs. */
export type EngineCrew = Readonly<{ engines: number; gpus: readonly number[] }>;

/** Whether an engine on this device can be told which GPU to take. */
export const picksGpu = (device: Device): boolean => numbered.includes(device);

/** The GPU of the engine at `index`: the one that was named, else the one of the same number. */
export const gpuOfEngine = ({ gpus }: Pick<EngineCrew, 'gpus'>, index: number): number => gpus[index] ?? index;

/** Engines that share one memory: on CUDA and DirectML those on one GPU (at most), elsewhere all of them. */
export function sharingCount(crew: EngineCrew, device: Device): number {
  if (!picksGpu(device)) return crew.engines;
  const counts = new Map<number, number>();
  for (let index = 0; index < crew.engines; index += 1) {
    const gpu = gpuOfEngine(crew, index);
    counts.set(gpu, (counts.get(gpu) ?? 0) + 1);
  }
  return Math.max(1, ...counts.values());
}

/** `engine 2 (GPU 1)`, on the CPU `engine 2`: one of several, counted from 1 as people count, its GPU as `gpus` does. */
export function engineName(settings: Pick<EngineCrew, 'gpus'> & Pick<RunSettings, 'device'>, index: number): string {
  const place = picksGpu(settings.device) ? ` (GPU ${String(gpuOfEngine(settings, index))})` : '';
  return `engine ${String(index + 1)}${place}`;
}

/** `2 engines on cuda 0 and 1`; the device alone for one engine on the first GPU. */
export function enginesText(settings: EngineCrew | null, device: string | null): string | null {
  if (device === null) return null;
  const { engines, gpus } = settings ?? { engines: 1, gpus: [] };
  if (engines === 1 && gpus.length === 0) return device;
  const count = engines === 1 ? '' : `${String(engines)} engines on `;
  if (!numbered.some((each) => each === device)) return `${count}${device}`;
  const places = Array.from({ length: engines }, (_, index) => String(gpuOfEngine({ gpus }, index)));
  const last = places.pop() ?? '0';
  return `${count}${device} ${places.length === 0 ? last : `${places.join(', ')} and ${last}`}`;
}

/** Where a run was answered, as text; null before it was. */
export const ranOn = ({
  enginesOn,
  settings,
  device,
}: Readonly<{ enginesOn?: string | undefined; settings: EngineCrew | null; device: string | null }>): string | null =>
  enginesOn ?? enginesText(settings, device);

/** What a run's engines were over its sessions: `2 engines on cpu, then cpu` where it went on with others. */
export function thenOn(earlier: string | null, now: string | null): string | null {
  if (earlier === null || now === null || earlier === now || earlier.endsWith(`, then ${now}`)) return earlier ?? now;
  return `${earlier}, then ${now}`;
}
