/**
 * Every setting changes the computation: what the reference gives for a case is compared with what the same question
 * gives in the default setting. (That each agrees with the reference is parity.test.ts.)
 */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reasoningMethods } from '../../src/main/methods/methods.ts';
import { interventions, type RunSettings } from '../../src/shared/run-settings.ts';
import { answerOf } from '../support/answer-of.ts';
import { deviation } from '../support/expect-close.ts';
import { goldenQuestion, goldenSettings, readGolden, type GoldenCase } from '../support/golden.ts';
import { temporaryFolders } from '../support/temp-folder.ts';
import { importTiny, TinyModels } from '../support/tiny-bundles.ts';

const newFolder = temporaryFolders();
const goldens = await Promise.all((['tiny-tied', 'tiny-untied'] as const).map(readGolden));

type Reasoning = Readonly<{ slots: number[][]; attention: number[][]; text: string; arSteps: number | null }>;

const inReference = ({ steps, outputText, arSteps }: GoldenCase): Reasoning => ({
  slots: steps.map(({ selectedSlots }) => selectedSlots),
  attention: steps.map(({ scores }) => scores),
  text: outputText,
  arSteps,
});

/** Another number of steps, other patches, other attention (well beyond rounding), or another answer. */
function differs(a: Reasoning, b: Reasoning): boolean {
  const sameSlots = JSON.stringify(a.slots) === JSON.stringify(b.slots);
  if (!sameSlots || a.text !== b.text || a.arSteps !== b.arSteps) return true;
  return a.attention.some((step, index) => deviation(step, b.attention[index] ?? []).largest > 1e-4);
}

/** Golden cases, and what would undo their one special setting. */
const variations: readonly Readonly<{ id: string; changes: Partial<RunSettings> }>[] = [
  { id: 'no-latent-text', changes: { intervention: 'none' } },
  { id: 'no-latent-vision', changes: { intervention: 'none' } },
  { id: 'no-latent', changes: { intervention: 'none' } },
  { id: 'random-patches', changes: { intervention: 'none' } },
  { id: 'random-patches', changes: { seed: 8 } },
  { id: 'least-attended', changes: { intervention: 'none' } },
  { id: 'allow-reuse', changes: { intervention: 'none' } },
  { id: 'forced', changes: { forcedPatches: [] } },
  { id: 'banned', changes: { bannedPatches: [] } },
  { id: 'hidden-then-patches', changes: { stepLayout: 'patches-then-hidden' } },
  { id: 'released-training', changes: { promptFormat: 'released-inference' } },
  { id: 'with-context', changes: { promptFormat: 'released-inference' } },
  { id: 'steps-0', changes: { latentSteps: 3 } },
  { id: 'steps-1', changes: { latentSteps: 3 } },
  { id: 'steps-6', changes: { latentSteps: 3 } },
  { id: 'patches-1', changes: { patchesPerStep: 4 } },
  { id: 'pool-runs-out', changes: { patchesPerStep: 4 } },
  { id: 'adaptive-hidden-stops', changes: { adaptiveStop: 'off' } },
  { id: 'adaptive-selection-stops', changes: { adaptiveStop: 'off' } },
];

describe.each(goldens)('$checkpoint', ({ checkpoint, cases }) => {
  let models: TinyModels;
  beforeAll(async () => {
    const path = join(await newFolder(), checkpoint);
    await importTiny(checkpoint, path);
    models = new TinyModels(path);
  });
  afterAll(() => models.dispose());

  const byId = new Map(cases.map((entry) => [entry.id, entry]));
  const caseOf = (id: string): GoldenCase => {
    const found = byId.get(id);
    if (found === undefined) throw new Error(`no golden case ${id}`);
    return found;
  };

  /** The case's question with other settings. */
  async function reason(wanted: GoldenCase, changes: Partial<RunSettings>): Promise<Reasoning> {
    const model = await models.for(wanted.settings.imageSize);
    const settings = { ...goldenSettings(wanted), ...changes };
    const [prediction] = await reasoningMethods['ivt-lr'].answer(model, settings, [await goldenQuestion(wanted)]);
    const { outputText, arSteps, trace } = answerOf(prediction);
    const steps = trace?.steps ?? [];
    return {
      slots: steps.map(({ selectedSlots }) => selectedSlots),
      attention: steps.map(({ imageAttention }) => imageAttention),
      text: outputText,
      arSteps,
    };
  }

  it.each(variations)('$id is not the same with $changes', async ({ id, changes }) => {
    const wanted = caseOf(id);
    expect(differs(inReference(wanted), await reason(wanted, changes))).toBe(true);
    expect(differs(inReference(wanted), await reason(wanted, {})), 'but is itself').toBe(false);
  });

  it('has a case for every intervention', () => {
    const covered = new Set(cases.map(({ settings }) => settings.intervention));
    expect([...covered].sort()).toEqual([...interventions].sort());
  });

  it.each([
    { id: 'with-context-empty', changes: { promptFormat: 'released-inference' }, why: 'no context to show' },
    {
      id: 'no-latent-text-hidden-first',
      changes: { stepLayout: 'patches-then-hidden' },
      why: 'no hidden state to place',
    },
    { id: 'no-latent', changes: { intervention: 'none', latentSteps: 0 }, why: 'no steps' },
    { id: 'adaptive-hidden-goes-on', changes: { adaptiveStop: 'off' }, why: 'the criterion is never met' },
    { id: 'adaptive-selection-goes-on', changes: { adaptiveStop: 'off' }, why: 'the criterion is never met' },
  ] as const)('$id is the same with $changes: $why', async ({ id, changes }) => {
    const wanted = caseOf(id);
    expect(differs(inReference(wanted), await reason(wanted, changes))).toBe(false);
  });
});
