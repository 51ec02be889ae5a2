/** The form of a new run: what it asks for, and how a stored run comes back as a draft. */
import { describe, expect, it } from 'vitest';
import { gridRequestSchema } from '../../src/shared/contract/runs.ts';
import { runSummarySchema } from '../../src/shared/run.ts';
import { interventions, resolveRunSettings, settingDefinitions } from '../../src/shared/run-settings.ts';
import {
  draftOfRun,
  draftSchema,
  emptyDraft,
  formSettings,
  readValue,
  refusedSetting,
  requestOf,
  usualValue,
} from '../../src/renderer/src/features/new-run/draft.ts';
import {
  describeSettings,
  furtherOnes,
  mainOnes,
  methodsOf,
  methodsWithout,
} from '../../src/renderer/src/features/new-run/method-settings.ts';
import { presetsFor } from '../../src/renderer/src/features/new-run/presets.ts';

const trainedFor = {
  method: 'ivt-lr',
  latentSteps: 3,
  patchesPerStep: 32,
  stepLayout: 'patches-then-hidden',
  promptFormat: 'released-inference',
} as const;

const definitionOf = (name: string) => {
  const found = settingDefinitions.find((each) => each.name === name);
  if (found === undefined) throw new Error(name);
  return found;
};

describe('the draft of a run', () => {
  it('asks for nothing before dataset and model are chosen', () => {
    expect(requestOf(emptyDraft)).toBeNull();
    expect(requestOf({ ...emptyDraft, dataset: '/d' })).toBeNull();
    expect(requestOf({ ...emptyDraft, models: ['/m'] })).toBeNull();
  });

  it('makes one value a setting, several an axis, several models the first axis', () => {
    const request = requestOf({
      ...emptyDraft,
      dataset: '/d',
      models: ['/m', '/n'],
      settings: { latentSteps: [0, 1, 2], patchesPerStep: [8], intervention: ['none', 'random-patches'], seed: [] },
      where: ['domain=science'],
      label: '  Sweep ',
    });
    expect(request).toEqual({
      base: {
        dataset: '/d',
        model: '/m',
        where: ['domain=science'],
        label: 'Sweep',
        scorer: 'strict',
        settings: { patchesPerStep: 8 },
      },
      axes: [
        { name: 'model', values: ['/m', '/n'] },
        { name: 'latentSteps', values: [0, 1, 2] },
        { name: 'intervention', values: ['none', 'random-patches'] },
      ],
    });
    expect(gridRequestSchema.parse(request)).toEqual(request);
  });

  it('leaves out what no method takes, and makes an axis of what only some take', () => {
    const draft = {
      ...emptyDraft,
      dataset: '/d',
      models: ['/m'],
      settings: { method: ['cot', 'icot'], latentSteps: [2], intervention: ['no-latent'], temperature: [0.8] },
    };
    const words = requestOf(draft, ['cot', 'icot']);
    expect(words?.base.settings).toEqual({ temperature: 0.8 });
    expect(words?.axes).toEqual([{ name: 'method', values: ['cot', 'icot'] }]);
    const mixed = requestOf({ ...draft, settings: { ...draft.settings, method: ['cot', 'ivt-lr'] } }, [
      'cot',
      'ivt-lr',
    ]);
    expect(mixed?.base.settings).toEqual({ temperature: 0.8 });
    expect(mixed?.axes).toEqual([
      { name: 'method', values: ['cot', 'ivt-lr'] },
      { name: 'latentSteps', values: [2] },
      { name: 'intervention', values: ['no-latent'] },
    ]);
    expect(gridRequestSchema.parse(mixed)).toEqual(mixed);
  });

  it('reads what is typed as the setting understands it', () => {
    expect(readValue(definitionOf('latentSteps'), ' 4 ')).toEqual({ value: 4 });
    for (const text of ['65', '1.5', 'many']) {
      expect(readValue(definitionOf('latentSteps'), text)).toEqual({
        refusal: `“${text}” is left out: only a whole number from 0 to 64 can be run.`,
      });
    }
    expect(readValue(definitionOf('adaptiveThreshold'), '2')).toEqual({
      refusal: '“2” is left out: only a number from 0 to 1 can be run.',
    });
    expect(readValue(definitionOf('batchSize'), '0')).toHaveProperty('refusal');
    expect(readValue(definitionOf('adaptiveThreshold'), '0,95')).toEqual({ value: 0.95 });
    expect(readValue(definitionOf('batchSize'), 'auto')).toEqual({ value: 'auto' });
    expect(readValue(definitionOf('batchSize'), '8')).toEqual({ value: 8 });
    expect(readValue(definitionOf('engines'), '17')).toEqual({
      refusal: '“17” is left out: only a whole number from 1 to 16 can be run.',
    });
    expect(readValue(definitionOf('gpus'), ' 2, 0 ')).toEqual({ value: '2,0' });
    for (const text of ['0,', 'all', '-1', '1.5']) {
      expect(readValue(definitionOf('gpus'), text)).toEqual({
        refusal: `“${text}” is left out: only numbers of GPUs from 0 to 63 (0,1,…; at most 16) can be run.`,
      });
    }
  });

  it('takes a list of GPUs as one value', () => {
    const draft = { ...emptyDraft, dataset: '/d', models: ['/m'], settings: { gpus: ['2,0'], engines: [2] } };
    const request = requestOf(draft);
    expect(request?.base.settings).toEqual({ gpus: [2, 0], engines: 2 });
    expect(request?.axes).toEqual([]);
    expect(usualValue(definitionOf('gpus'), null)).toBe('the first ones');
  });

  it('says what an empty field means', () => {
    expect(usualValue(definitionOf('latentSteps'), trainedFor)).toBe('as the model was trained: 3');
    expect(usualValue(definitionOf('latentSteps'), null)).toBe('as the model was trained');
    expect(usualValue(definitionOf('method'), trainedFor)).toBe('as the model was trained: IVT-LR');
    expect(usualValue(definitionOf('maxTokens'), trainedFor)).toBe('512');
    expect(usualValue(definitionOf('maxTokens'), trainedFor, ['icot'])).toBe('128');
    expect(usualValue(definitionOf('maxTokens'), trainedFor, ['cot', 'icot'])).toBe('512; 128 for ICoT');
  });

  it('finds the field of a refusal', () => {
    expect(refusedSetting('latentSteps')).toBe('latentSteps');
    expect(refusedSetting('base.settings.seed')).toBe('seed');
    expect(refusedSetting('axes.intervention')).toBe('intervention');
    expect(refusedSetting('axes')).toBeNull();
    expect(refusedSetting(undefined)).toBeNull();
  });
});

describe('the settings that the form shows', () => {
  const models = [
    { path: '/latent', bundle: { trainedFor } },
    { path: '/plain', bundle: { trainedFor: { ...trainedFor, method: 'no-cot' as const } } },
    { path: '/gone', bundle: null },
  ];
  const names = (methods: Parameters<typeof mainOnes>[0]) => mainOnes(methods).map(({ name }) => name);

  it('are those of the chosen methods, else of what the models were trained for', () => {
    expect(methodsOf({ settings: { method: ['icot', 'cot'] }, models: ['/latent'] }, models)).toEqual(['cot', 'icot']);
    expect(methodsOf({ settings: {}, models: ['/latent', '/plain', '/plain'] }, models)).toEqual(['ivt-lr', 'no-cot']);
    expect(methodsOf({ settings: {}, models: ['/gone', '/elsewhere'] }, models)).toEqual([]);
  });

  it('are offered where every chosen model can be asked with them', () => {
    const families = [
      { path: '/qwen', bundle: { architecture: 'qwen2-vl' } },
      { path: '/chameleon', bundle: { architecture: 'chameleon' } },
      { path: '/gone', bundle: null },
    ] as const;
    expect(methodsWithout({ models: ['/qwen', '/gone'] }, families)).toEqual([]);
    expect(methodsWithout({ models: ['/qwen', '/chameleon'] }, families)).toEqual(['chain-of-focus']);
  });

  it('have latent ones only where a method has latent steps, and none is lost', () => {
    expect(names(['cot', 'scaffold'])).toEqual(['method']);
    expect(names(['cot', 'ivt-lr'])).toEqual(['method', 'latentSteps', 'patchesPerStep', 'intervention']);
    expect(names([])).toHaveLength(4);
    expect(furtherOnes(['cot']).map(({ title }) => title)).toEqual(['Prompt and length', 'Sampling', 'Machine']);
    const shown = [...mainOnes([]), ...furtherOnes([]).flatMap(({ settings }) => settings)];
    expect(shown.map(({ name }) => name).sort()).toEqual(formSettings.map(({ name }) => name).sort());
  });

  it('are named as the form names them, without those that are not shown', () => {
    const settings = { method: ['cot', 'icot'], latentSteps: [3], seed: [4] };
    expect(describeSettings({ settings, limit: 5 }, ['cot', 'icot'])).toBe(
      'grid Method = CoT, ICoT; Seed = 4; first 5 questions',
    );
  });
});

describe('a stored run as a draft', () => {
  const run = runSummarySchema.parse({
    runId: 'R',
    status: 'finished',
    total: 2,
    correct: 1,
    unparsed: 0,
    failed: 0,
    accuracy: 0.5,
    byDomain: {},
    byTopic: {},
    arStepsMean: null,
    secondsPerQuestionMean: null,
    questionsPerSecond: null,
    device: 'cpu',
    scorer: 'm3cot',
    planned: 2,
    kind: 'evaluation',
    label: 'Mine',
    createdAt: '2026-01-01T00:00:00.000Z',
    finishedAt: null,
    datasetId: 'D',
    datasetPath: '/d',
    datasetName: 'd',
    datasetFingerprint: 'D',
    modelPath: '/m',
    modelName: 'm',
    modelFingerprint: 'M',
    modelPrecision: 'f32',
    randomWeights: false,
    split: 'test',
    where: ['domain=science', 'from-run=Q'],
    limit: 2,
    settings: resolveRunSettings({ latentSteps: 1, seed: 4, patchesPerStep: 32 }, trainedFor),
    configurationHash: 'h',
    licence: null,
    failure: null,
  });

  it('keeps only what differs from what would be chosen anyway', () => {
    const draft = draftOfRun(run, trainedFor);
    expect(draft).toEqual({
      ...emptyDraft,
      dataset: '/d',
      split: 'test',
      where: ['domain=science', 'from-run=Q'],
      models: ['/m'],
      settings: { latentSteps: [1], seed: [4] },
      limit: 2,
      scorer: 'm3cot',
    });
    expect(draftSchema.parse(JSON.parse(JSON.stringify(draft)))).toEqual(draft);
    const settings = resolveRunSettings({ gpus: [2, 0] }, trainedFor);
    expect(draftOfRun({ ...run, settings }, trainedFor).settings).toMatchObject({ engines: [2], gpus: ['2,0'] });
  });

  it('of a method in words has no latent settings, and the method says its own defaults', () => {
    const settings = resolveRunSettings({ method: 'icot', temperature: 0.8 }, trainedFor);
    expect(draftOfRun({ ...run, settings }, { ...trainedFor, latentSteps: 5 }).settings).toEqual({
      method: ['icot'],
      temperature: [0.8],
    });
  });

  it('names every trained setting where the model is gone', () => {
    expect(Object.keys(draftOfRun(run, null).settings)).toEqual([
      'method',
      'latentSteps',
      'patchesPerStep',
      'stepLayout',
      'promptFormat',
      'seed',
    ]);
  });
});

describe('presets', () => {
  it('vary N around what was trained, K by factors, and every intervention', () => {
    const [steps, patches, intervened] = presetsFor(trainedFor);
    expect(steps?.settings).toEqual({ latentSteps: [0, 1, 2, 3, 4] });
    expect(patches?.settings).toEqual({ patchesPerStep: [8, 16, 32, 64] });
    expect(intervened?.settings['intervention']).toHaveLength(interventions.length);
    expect(presetsFor({ ...trainedFor, patchesPerStep: 1 })[1]?.settings).toEqual({ patchesPerStep: [1, 2] });
    expect(presetsFor({ ...trainedFor, method: 'no-cot' }).map(({ name }) => name)).toEqual([
      'Methods',
      'Prompt formats',
    ]);
    expect(presetsFor({ ...trainedFor, method: 'no-cot' })[0]?.settings['method']).not.toContain('ivt-lr');
    expect(presetsFor(trainedFor).at(-1)?.settings['method']).toContain('ivt-lr');
  });

  it('are settings that the form has', () => {
    const names = formSettings.map(({ name }): string => name);
    for (const { settings } of presetsFor(trainedFor))
      expect(names).toEqual(expect.arrayContaining(Object.keys(settings)));
  });
});
