/**
 * Puts single questions of a run to its model again: with other settings (*Try it*), or with the stored steps to see
 * their attention by layer. The engine is the one that a run of the model is working with, between two batches, or
 * one that stays loaded for the next try. Nothing here changes the run's own answers.
 */
import { randomUUID } from 'node:crypto';
import type { Probe } from '../../shared/contract/questions.ts';
import { fail } from '../../shared/failure.ts';
import { runSettingsSchema, type RunSettings, type RunSettingsInput } from '../../shared/run-settings.ts';
import type { LayerAttention } from '../engine/protocol.ts';
import type { Store } from '../store/store.ts';
import { checkedPrediction } from './batch-answerer.ts';
import { checkSettings } from './check-settings.ts';
import type { DatasetShelf } from './dataset-shelf.ts';
import type { DeskModel, EngineDesk, EngineUse } from './engine-desk.ts';
import { readProbe } from './probes.ts';
import { refuseUnknown } from './question-detail.ts';
import { deskModel } from './resume-run.ts';
import { requireRun } from './run-state.ts';
import { openSingleQuestion } from './single-question.ts';

export type QuestionInput = Readonly<{ runId: string; sampleId: string }>;
export type TryInput = QuestionInput & Readonly<{ settings: RunSettingsInput }>;

/** `steps[step][layer][slot]` */
export type LayerAttentionResult = { layerCount: number; steps: number[][][] };

export type QuestionProber = Readonly<{
  /**
   * Keeps what came of it with the question. Fails as `openSingleQuestion`, `checkSettings` and the engine do, and
   * with `cancelled`; then nothing is kept. A question that the model cannot answer is a probe with its failure.
   */
  tryQuestion: (input: TryInput, signal: AbortSignal) => Promise<Probe>;
  /** Fails as `tryQuestion` does, and with `nothing-to-do` for an answer without latent steps. */
  layerAttention: (input: QuestionInput, signal: AbortSignal) => Promise<LayerAttentionResult>;
}>;

export function createQuestionProber(store: Store, shelf: DatasetShelf, desk: EngineDesk): QuestionProber {
  return {
    tryQuestion: async ({ runId, sampleId, settings: input }, signal) => {
      const run = requireRun(store, runId);
      const { stored, question, bundle, model, ...opened } = await openSingleQuestion(store, shelf, run, sampleId);
      const settings = withChanges(opened.settings, input);
      checkSettings(settings, bundle);
      const [answer] = await withEngine(desk, deskModel(model, settings), signal, (engine) =>
        engine.answer(settings, [question]),
      );
      const probe = {
        probeId: randomUUID(),
        createdAt: new Date().toISOString(),
        settings,
        prediction: checkedPrediction(sampleId, answer),
      };
      if (!store.probes.save(run.runRow, stored.position, probe)) refuseUnknown(runId, sampleId);
      return readProbe(run, stored.sample, probe);
    },
    layerAttention: async ({ runId, sampleId }, signal) => {
      const run = requireRun(store, runId);
      const { stored, question, model, settings } = await openSingleQuestion(store, shelf, run, sampleId);
      const steps = stored.prediction.status === 'answered' ? (stored.prediction.answer.trace?.steps ?? []) : [];
      if (steps.length === 0) {
        fail('nothing-to-do', 'This answer has no latent steps to look into.', {
          place: sampleId,
          expected: 'an answer with at least one latent step',
        });
      }
      const attention = await withEngine(desk, deskModel(model, settings), signal, (engine) =>
        engine.layerAttention(
          settings,
          question,
          steps.map(({ selectedSlots }) => selectedSlots),
        ),
      );
      return { layerCount: attention.layerCount, steps: byLayer(attention) };
    },
  };
}

/** The run's settings with those given in their place; one question is a batch of one, for one engine. */
function withChanges(settings: RunSettings, input: RunSettingsInput): RunSettings {
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
  return runSettingsSchema.parse({ ...settings, ...given, batchSize: 1, engines: 1, gpus: settings.gpus.slice(0, 1) });
}

async function withEngine<Result>(
  desk: EngineDesk,
  model: DeskModel,
  signal: AbortSignal,
  work: (engine: EngineUse) => Promise<Result>,
): Promise<Result> {
  const engine = desk.use(model, 'probe');
  const stop = (): void => engine.stop();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await work(engine);
  } finally {
    signal.removeEventListener('abort', stop);
    await engine.leave(true);
  }
}

function byLayer({ layerCount, steps }: LayerAttention): number[][][] {
  return steps.map((values) => {
    const slotCount = values.length / layerCount;
    return Array.from({ length: layerCount }, (_, layer) => [
      ...values.subarray(layer * slotCount, (layer + 1) * slotCount),
    ]);
  });
}
