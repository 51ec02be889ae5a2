/**
 * Refuses numbers of engines that this machine cannot give: two engines never end up on one GPU unless that was asked
 * for, and models that share a memory have to fit it all at once.
 */
import type { Bundle } from '../../shared/bundle.ts';
import { gpuOfEngine, picksGpu, sharingCount } from '../../shared/engine-places.ts';
import { fail } from '../../shared/failure.ts';
import { bundleMemoryBytes } from '../../shared/model-memory.ts';
import type { RunSettings } from '../../shared/run-settings.ts';
import type { OnnxDevice } from '../engine/devices.ts';
import type { DeviceChoice } from './device-choice.ts';
import { memoryThere } from './memory-shortage.ts';

/**
 * The device that the engines of a run will work on. Fails: `invalid-settings` (GPUs that do not fit the engines, or
 * the device), `device-unavailable`, `out-of-memory` (several engines that do not fit the memory they share).
 */
export async function checkEngines(
  settings: RunSettings,
  bundle: Bundle,
  devices: DeviceChoice,
  mainMemoryBytes: number | null = memoryThere('cpu', null).totalBytes,
): Promise<OnnxDevice> {
  const { engines, gpus } = settings;
  if (gpus.length > 0 && gpus.length !== engines) {
    fail('invalid-settings', 'Each engine needs its GPU.', {
      place: 'gpus',
      expected: `${String(engines)} GPU${engines === 1 ? '' : 's'}, one for each engine`,
      found: gpus.join(','),
      action: 'Name as many GPUs as there are engines; leave one of the two settings out.',
    });
  }
  const device = await devices.choose(settings.device);
  if (picksGpu(device)) {
    await Promise.all(
      Array.from({ length: engines }, (_, index) => devices.choose(device, gpuOfEngine(settings, index))),
    );
  } else checkOnlyGpu(settings, device);
  const sharing = sharingCount(settings, device);
  if (sharing > 1) {
    const totalBytes = device === 'cpu' ? mainMemoryBytes : await devices.memoryBytes(device);
    if (totalBytes !== null) checkMemory(settings, bundle, sharing, device, totalBytes);
  }
  return device;
}

/** The CPU is no GPU, and elsewhere the driver chooses: only "all on that one" can be asked for. */
function checkOnlyGpu({ engines, gpus }: RunSettings, device: OnnxDevice): void {
  if (device === 'cpu' && gpus.length > 0) {
    fail('invalid-settings', 'GPUs cannot take effect: this run works on the CPU.', {
      place: 'gpus',
      expected: 'not given',
      found: gpus.join(','),
      action: 'Leave the GPUs out, or choose cuda or dml.',
    });
  }
  if (device === 'cpu' || (engines === 1 && gpus.length === 0) || (gpus.length > 0 && gpus.every((gpu) => gpu === 0)))
    return;
  fail('invalid-settings', `Engines on ${device} cannot have a GPU each.`, {
    place: gpus.length > 0 ? 'gpus' : 'engines',
    expected: `1 engine: ${device} always takes the GPU that the driver puts first`,
    found: gpus.length > 0 ? `GPUs ${gpus.join(',')}` : `${String(engines)} engines`,
    action: `Choose cuda or dml for several GPUs; --gpus ${Array.from({ length: engines }, () => '0').join(',')} puts all engines on the one GPU.`,
  });
}

/** A single engine may try: the estimate is no law. Several that do not fit together only hinder each other. */
function checkMemory(
  { batchSize }: RunSettings,
  bundle: Bundle,
  sharing: number,
  device: OnnxDevice,
  totalBytes: number,
): void {
  // What auto takes is cut to what is there: the least is one question.
  const each = bundleMemoryBytes(bundle, batchSize === 'auto' ? 1 : batchSize);
  if (sharing * each <= totalBytes) return;
  const fitting = Math.max(1, Math.floor(totalBytes / each));
  fail(
    'out-of-memory',
    `${String(sharing)} engines need more memory than ${device === 'cpu' ? 'this machine' : 'the GPU'} has.`,
    {
      place: 'engines',
      expected: `at most ${gigabytes(totalBytes)}`,
      found: `${String(sharing)} times ${gigabytes(each)}`,
      action: `Choose ${String(fitting)} engine${fitting === 1 ? '' : 's'}${device === 'cpu' ? '' : ' for each GPU'}, a smaller batch size, or a lower precision.`,
    },
  );
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
