/** What is said before a run that asks more of the machine than it has, and about engines that come too late. */
import { afterAll, describe, expect, it } from 'vitest';
import { machineWarnings, type PlannedMemory } from '../../src/main/runs/plan-warnings.ts';
import { resolveRunSettings, type RunSettingsInput } from '../../src/shared/run-settings.ts';
import { createWorkplace, follow, type Workplace } from '../support/run-workplace.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const newFolder = temporaryFolders();
const settingsOf = (input: RunSettingsInput) =>
  resolveRunSettings(input, {
    method: 'ivt-lr',
    latentSteps: 3,
    patchesPerStep: 8,
    stepLayout: 'patches-then-hidden',
    promptFormat: 'released-inference',
  });

describe('warnings of the machine', () => {
  const roomy: PlannedMemory = {
    engineBytes: 1e9,
    neededBytes: 4e9,
    sharing: 4,
    totalBytes: 16e9,
    suggestedBatchSize: 8,
  };

  it('name more engines than cores, on the processor only', () => {
    const settings = settingsOf({ engines: 4 });
    expect(machineWarnings({ settings, device: 'cpu' }, roomy, 4)).toEqual([]);
    expect(machineWarnings({ settings, device: 'cpu' }, roomy, 2)).toEqual([
      expect.stringContaining('4 engines on a processor of 2 cores'),
    ]);
    expect(machineWarnings({ settings, device: 'cuda' }, roomy, 2)).toEqual([]);
  });

  it('name the memory that is needed and there', () => {
    const tight = { ...roomy, neededBytes: 20e9 };
    expect(machineWarnings({ settings: settingsOf({ engines: 4 }), device: 'cpu' }, tight, 4)).toEqual([
      '4 engines that share the memory need about 20.0 GB of memory; this machine has 16.0 GB for it.',
    ]);
    const alone = { ...tight, sharing: 1 };
    expect(machineWarnings({ settings: settingsOf({}), device: 'cpu' }, alone, 4)).toEqual([
      'It needs about 20.0 GB of memory; this machine has 16.0 GB for it.',
    ]);
  });
});

describe('a run', () => {
  let place: Workplace;
  afterAll(() => place.closeAll());

  it('is answered with what there is to mind: at its start, and where a resume changes nothing', async () => {
    place = createWorkplace(await newFolder(), { questionCount: 4 });
    const { runs } = place.open();
    const started = await runs.start(place.request({ settings: { latentSteps: 5 } }));
    const [plan] = (await runs.plan({ base: place.request({ settings: { latentSteps: 5 } }), axes: [] })).runs;
    expect(started.warnings).toEqual(plan?.warnings);
    expect(started.warnings).toContain('More latent steps than it was trained with (3).');
    await follow(runs, started.runId);
    const { runId } = started;
    expect((await runs.resume({ runId })).warnings).toEqual([]);
    expect((await runs.resume({ runId, engines: 2 })).warnings).toEqual([
      'Other engines or GPUs change nothing: the run is finished.',
    ]);
    expect((await runs.show({ runId })).run.settings).toMatchObject({ engines: 1 });
  });
});
