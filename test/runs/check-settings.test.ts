/** Settings that could take no effect are refused before anything is written; the rest passes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { latentPositions } from '../../src/main/methods/ivt-lr.ts';
import { checkSettings } from '../../src/main/runs/check-settings.ts';
import { bundleSchema, latentSlotCount, type Bundle } from '../../src/shared/bundle.ts';
import { resolveRunSettings, type RunSettings, type RunSettingsInput } from '../../src/shared/run-settings.ts';
import { expectFailure } from '../support/expect-failure.ts';
import { writeNominalBundle } from '../support/nominal-bundle.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const newFolder = temporaryFolders();
/** N = 3, J = 100. */
let bundle: Bundle;

beforeAll(async () => {
  const folder = writeNominalBundle(join(await newFolder(), 'model'));
  bundle = bundleSchema.parse(JSON.parse(readFileSync(join(folder, 'bundle.json'), 'utf8')));
});

const settingsOf = (input: RunSettingsInput): RunSettings => resolveRunSettings(input, bundle.trainedFor);

describe('settings without effect', () => {
  it.each<readonly [RunSettingsInput, string]>([
    [{ method: 'no-cot', intervention: 'random-patches' }, 'Intervention'],
    [{ method: 'no-cot', forcedPatches: [{ step: 0, slots: [1] }] }, 'Forced patches'],
    [{ method: 'no-cot', bannedPatches: [{ step: 0, slots: [1] }] }, 'Banned patches'],
    [{ method: 'no-cot', adaptiveStop: 'selection' }, 'Adaptive stop'],
    [{ intervention: 'no-latent', adaptiveStop: 'hidden' }, 'Adaptive stop'],
    [{ intervention: 'no-latent-vision', forcedPatches: [{ step: 0, slots: [1] }] }, 'Forced patches'],
    [{ forcedPatches: [{ step: 9, slots: [1] }] }, 'Forced patches'],
    [{ bannedPatches: [{ step: 3, slots: [1] }] }, 'Banned patches'],
    [{ latentSteps: 0, bannedPatches: [{ step: 0, slots: [1] }] }, 'Banned patches'],
    [{ forcedPatches: [{ step: 0, slots: [99, 100] }] }, 'Forced patches'],
  ])('%j are refused', async (input, label) => {
    const failure = await expectFailure(() => checkSettings(settingsOf(input), bundle), 'invalid-settings');
    expect(failure.message).toContain(label);
    for (const text of [failure.expected, failure.found]) expect(text).toMatch(/./);
    expect(failure.action).toMatch(/^[A-Z].*\.$/);
  });

  it.each<RunSettingsInput>([
    {},
    { method: 'no-cot', intervention: 'none', forcedPatches: [], adaptiveStop: 'off' },
    {
      intervention: 'random-patches',
      forcedPatches: [{ step: 2, slots: [99] }],
      bannedPatches: [{ step: 0, slots: [0] }],
    },
    { patchesPerStep: 4096 },
  ])('%j pass', (input) => {
    checkSettings(settingsOf(input), bundle);
  });
});

describe('positions of the latent steps', () => {
  it('are those that the pool can give', () => {
    expect(latentSlotCount(bundle)).toBe(100);
    const positions = (input: RunSettingsInput) => latentPositions(settingsOf(input), 100);
    expect(positions({ patchesPerStep: 32 })).toBe(99);
    expect(positions({ patchesPerStep: 4096 })).toBe(103);
    expect(positions({ patchesPerStep: 4096, intervention: 'allow-reuse' })).toBe(303);
    expect(positions({ intervention: 'no-latent-vision' })).toBe(3);
    expect(positions({ patchesPerStep: 32, intervention: 'no-latent-text' })).toBe(96);
    expect(positions({ intervention: 'no-latent' })).toBe(0);
  });
});
