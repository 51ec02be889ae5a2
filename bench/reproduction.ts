/**
 * The small reproduction of the paper's tables with the models that ship (docs/reproduction.md): latent steps against
 * explicit chain-of-thought, accuracy against N and K, interventions, attention by step, and how often the patches
 * show the places that answer the question. The whole test split; one question at a time where
 * time is measured, batches of eight elsewhere.
 */
import type { LanguageModel } from '../src/main/engine/language-model.ts';
import { interventions, type RunSettingsInput } from '../src/shared/run-settings.ts';
import { answerAll, demoCheckpoints, readDemoQuestions, withDemoModel } from '../test/support/demo-answers.ts';
import { sayProgress } from './progress-line.ts';
import { accuracyOf, attentionBySteps, selectedSlots, timesOf } from './reproduction/evaluate.ts';
import { evidenceChance, evidenceHits, readEvidence } from './reproduction/evidence.ts';

const stepCounts = [0, 1, 2, 3, 4, 5, 6];
const patchCounts = [0, 1, 2, 4, 6, 9];

export const bench = {
  name: 'reproduction',
  describe: "the paper's tables at the demo's size: methods, N, K, interventions, attention, evidence",
  async run() {
    const details = 'shares of the test split; times at batch 1';
    return { ours: await measure(), peer: null, ratio: null, details };
  },
};

async function measure() {
  const questions = await readDemoQuestions();
  const methods: Record<string, unknown> = {};
  for (const checkpoint of demoCheckpoints.filter((name) => name !== 'checkpoint')) {
    methods[checkpoint] = await withDemoModel(checkpoint, 'f32', (model) => timed(model, {}));
  }
  return await withDemoModel('checkpoint', 'f32', async (model) => {
    const { trainedFor } = model.bundle;
    methods['checkpoint'] = await timed(model, {});
    const asTrained = await answerAll(model, questions, {});
    const vary = async (title: string, inputs: readonly (readonly [string, RunSettingsInput])[]) => {
      const rows: Record<string, unknown> = {};
      for (const [name, input] of inputs) {
        sayProgress(`${title} ${name} …`);
        rows[name] = accuracyOf(await answerAll(model, questions, input));
      }
      return rows;
    };
    return {
      methods,
      latentSteps: await vary(
        'N',
        stepCounts.map((latentSteps) => [`N = ${String(latentSteps)}`, { latentSteps }]),
      ),
      patches: await vary(
        'K',
        patchCounts.map((patchesPerStep) => [`K = ${String(patchesPerStep)}`, { patchesPerStep }]),
      ),
      interventions: await vary(
        'intervention',
        interventions.map((intervention) => [intervention, { intervention }]),
      ),
      attention: attentionBySteps(asTrained),
      evidence: evidenceHits(await readEvidence(), selectedSlots(asTrained)),
      evidenceChance: evidenceChance(trainedFor.patchesPerStep, trainedFor.latentSteps),
    };
  });

  async function timed(model: LanguageModel, input: RunSettingsInput) {
    sayProgress(`${model.bundle.name}, one question at a time …`);
    const answered = await answerAll(model, questions, input, 1);
    return { ...accuracyOf(answered), ...timesOf(answered) };
  }
}
