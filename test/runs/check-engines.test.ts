/** Numbers of engines that a machine cannot give are refused before anything starts. */
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { OnnxDevice } from '../../src/main/engine/devices.ts';
import { readBundle } from '../../src/main/files/read-bundle.ts';
import { checkEngines } from '../../src/main/runs/check-engines.ts';
import { refuseDevice, type DeviceChoice } from '../../src/main/runs/device-choice.ts';
import type { Bundle } from '../../src/shared/bundle.ts';
import { engineName, enginesText, thenOn } from '../../src/shared/engine-places.ts';
import { bundleMemoryBytes } from '../../src/shared/model-memory.ts';
import {
  resolveRunSettings,
  runSettingsSchema,
  type RunSettings,
  type RunSettingsInput,
} from '../../src/shared/run-settings.ts';
import { expectFailure } from '../support/expect-failure.ts';
import { writeNominalBundle } from '../support/nominal-bundle.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const newFolder = temporaryFolders();
let bundle: Bundle;
beforeAll(async () => {
  bundle = await readBundle(writeNominalBundle(join(await newFolder(), 'model')));
});

/** A machine where `auto` is this device, with so many GPUs of it, and so much memory in each. */
const machine = (device: OnnxDevice, gpuCount = 1, memoryBytes: number | null = null): DeviceChoice => ({
  memoryBytes: async () => memoryBytes,
  choose: async (asked, gpu = 0) => {
    const chosen = asked === 'auto' ? device : asked;
    return gpu < gpuCount ? chosen : refuseDevice(chosen, 'invalid device ordinal', gpu);
  },
});

const settingsOf = (input: RunSettingsInput): RunSettings => resolveRunSettings(input, bundle.trainedFor);
const check = (input: RunSettingsInput, devices: DeviceChoice, mainMemoryBytes?: number): Promise<OnnxDevice> =>
  checkEngines(settingsOf(input), bundle, devices, mainMemoryBytes);

describe('engines', () => {
  it('are as many as GPUs are named', () => {
    expect(settingsOf({ gpus: [2, 0, 1] })).toMatchObject({ engines: 3, gpus: [2, 0, 1] });
    expect(settingsOf({})).toMatchObject({ engines: 1, gpus: [] });
    expect(settingsOf({ engines: 4 })).toMatchObject({ engines: 4, gpus: [] });
  });

  it('were one in runs from before there could be several', () => {
    const { engines, gpus, ...old } = settingsOf({ engines: 2, gpus: [0, 1] });
    expect([engines, gpus]).toEqual([2, [0, 1]]);
    expect(runSettingsSchema.parse(old)).toEqual({ ...old, engines: 1, gpus: [] });
  });

  it('on CUDA have a GPU each, and every one has to pass its test', async () => {
    expect(await check({ engines: 4, device: 'cuda' }, machine('cuda', 4))).toBe('cuda');
    expect(await check({ gpus: [3, 1] }, machine('cuda', 4))).toBe('cuda');
    expect(await check({ gpus: [0, 0] }, machine('cuda', 1))).toBe('cuda');
    const failure = await expectFailure(() => check({ engines: 3 }, machine('cuda', 2)), 'device-unavailable');
    expect(failure.found).toContain('GPU 2');
  });

  it('that do not match the GPUs are refused', async () => {
    const failure = await expectFailure(
      () => check({ engines: 3, gpus: [0, 1] }, machine('cuda', 4)),
      'invalid-settings',
    );
    expect(failure.place).toBe('gpus');
    await expectFailure(() => check({ device: 'cpu', gpus: [0] }, machine('cpu')), 'invalid-settings');
  });

  it.each(['webgpu', 'coreml'] as const)('on %s share the one GPU only where that was asked for', async (device) => {
    expect(await check({ device }, machine(device))).toBe(device);
    const failure = await expectFailure(() => check({ device, engines: 2 }, machine(device)), 'invalid-settings');
    expect(failure.place).toBe('engines');
    await expectFailure(() => check({ device, gpus: [0, 1] }, machine(device, 2)), 'invalid-settings');
    expect(await check({ device, gpus: [0, 0] }, machine(device))).toBe(device);
  });

  it('on the CPU must all fit the memory', async () => {
    const each = bundleMemoryBytes(bundle, 8);
    expect(await check({ batchSize: 8, engines: 3 }, machine('cpu'), 3 * each)).toBe('cpu');
    const failure = await expectFailure(
      () => check({ batchSize: 8, engines: 4 }, machine('cpu'), 3.5 * each),
      'out-of-memory',
    );
    expect(failure.place).toBe('engines');
    expect(failure.action).toContain('3 engines');
    // One alone may try: it was never refused.
    expect(await check({ batchSize: 8 }, machine('cpu'), each / 2)).toBe('cpu');
  });

  it('on GPUs must fit where two share one', async () => {
    const each = bundleMemoryBytes(bundle, 8);
    const cards = machine('cuda', 4, 1.5 * each);
    expect(await check({ batchSize: 8, engines: 4 }, cards)).toBe('cuda');
    await expectFailure(() => check({ batchSize: 8, gpus: [0, 1, 1] }, cards), 'out-of-memory');
    await expectFailure(() => check({ batchSize: 8, gpus: [0, 0] }, machine('webgpu', 1, 1.5 * each)), 'out-of-memory');
    // Where nothing tells how much there is, the engine finds out.
    expect(await check({ batchSize: 8, gpus: [0, 0] }, machine('cuda'))).toBe('cuda');
  });
});

describe('where they work, in words', () => {
  it.each([
    [{ engines: 1, gpus: [] }, 'cuda', 'cuda'],
    [{ engines: 1, gpus: [2] }, 'cuda', 'cuda 2'],
    [{ engines: 3, gpus: [] }, 'cuda', '3 engines on cuda 0, 1 and 2'],
    [{ engines: 2, gpus: [1, 1] }, 'dml', '2 engines on dml 1 and 1'],
    [{ engines: 2, gpus: [] }, 'cpu', '2 engines on cpu'],
    [null, 'cpu', 'cpu'],
    [{ engines: 2, gpus: [] }, null, null],
  ])('%j on %s: %s', (settings, device, text) => {
    expect(enginesText(settings, device)).toBe(text);
  });
});

describe('the name of one of several engines', () => {
  it('has its GPU where there is one to name', () => {
    expect(engineName({ device: 'cuda', gpus: [] }, 1)).toBe('engine 2 (GPU 1)');
    expect(engineName({ device: 'cuda', gpus: [3, 5] }, 1)).toBe('engine 2 (GPU 5)');
    expect(engineName({ device: 'cpu', gpus: [] }, 0)).toBe('engine 1');
  });
});

it.each([
  [null, 'cpu', 'cpu'],
  ['cpu', 'cpu', 'cpu'],
  ['2 engines on cpu', 'cpu', '2 engines on cpu, then cpu'],
  ['2 engines on cpu, then cpu', 'cpu', '2 engines on cpu, then cpu'],
  ['cuda', '2 engines on cuda 0 and 1', 'cuda, then 2 engines on cuda 0 and 1'],
])('a run on %s goes on on %s: %s', (earlier, now, text) => {
  expect(thenOn(earlier, now)).toBe(text);
});
