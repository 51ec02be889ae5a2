/**
 * Attention over the image at each latent step, layer by layer. A run keeps only the mean over layers, so the steps
 * of a stored answer are gone through again with the patches that it took: rounding (another batch size, int8) can
 * move the numbers a little, never to other patches.
 *
 * Legend: J image slots, L layers, N latent steps, T a row's positions so far.
 */
import { fail, PenumbraFailure } from '../../shared/failure.ts';
import type { RunSettings } from '../../shared/run-settings.ts';
import type { LanguageModel } from '../engine/language-model.ts';
import type { EngineQuestion, LayerAttention } from '../engine/protocol.ts';
import { withBatch, type RowState } from '../engine/sequence-batch.ts';
import { appendStep, feedPrompts, prepareForLatentSteps, startReasoner, type Reasoner } from './ivt-lr.ts';
import { embedQuestions } from './prompted-question.ts';

/**
 * One [L, J] for each of the N steps in `selectedSlots`. Fails as preparing the question does, and with `run-changed`
 * where the steps have slots that the model's image lacks.
 */
export async function layerAttention(
  model: LanguageModel,
  settings: RunSettings,
  question: EngineQuestion,
  selectedSlots: readonly (readonly number[])[],
): Promise<LayerAttention> {
  const { layerCount, hiddenSize } = model.bundle.text;
  const [prepared] = await prepareForLatentSteps(model, settings, [question]);
  if (prepared === undefined) throw new Error('the question was not prepared');
  if (!prepared.ok) throw new PenumbraFailure(prepared.failure);
  const [embedded] = await embedQuestions(model, [prepared.prompted]);
  if (embedded === undefined) throw new Error('the question was not embedded');
  const reasoner = startReasoner(embedded);
  const beyond = selectedSlots.flat().find((slot) => slot >= reasoner.slotCount);
  if (beyond !== undefined) {
    fail('run-changed', 'The stored steps have patches that the image of this model lacks.', {
      place: `question ${question.sampleId}`,
      expected: `slots from 0 to ${reasoner.slotCount - 1}`,
      found: `slot ${beyond}`,
    });
  }

  return await withBatch(model.startBatch(1), async (batch) => {
    await feedPrompts(batch, [embedded]);
    const steps: Float32Array[] = [];
    for (const [stepIndex, slots] of selectedSlots.entries()) {
      const state = batch.state(0);
      steps.push(overImage(state, reasoner, layerCount));
      if (stepIndex === selectedSlots.length - 1) break;
      await batch.feed([appendStep(hiddenSize, settings, reasoner, slots, state.hidden)]);
    }
    return { layerCount, steps };
  });
}

/** [L, T] -> [L, J] */
function overImage(state: RowState, { firstSlot, slotCount }: Reasoner, layerCount: number): Float32Array {
  const byLayer = state.attentionByLayer();
  const total = byLayer.length / layerCount;
  const result = new Float32Array(layerCount * slotCount);
  for (let layer = 0; layer < layerCount; layer++) {
    const offset = layer * total + firstSlot;
    result.set(byLayer.subarray(offset, offset + slotCount), layer * slotCount);
  }
  return result;
}
