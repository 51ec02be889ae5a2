/** One question's prefill and latent steps in one run of the unrolled graph. */
import type { LanguageModel } from '../../src/main/engine/language-model.ts';
import { int64, shape, type FedTensor, type OnnxSession } from '../../src/main/engine/onnx-session.ts';
import type { EngineQuestion } from '../../src/main/engine/protocol.ts';
import { prepareForLatentSteps } from '../../src/main/methods/ivt-lr.ts';
import { embedQuestions } from '../../src/main/methods/prompted-question.ts';
import { plainPositions, rotaryTable } from '../../src/main/backbones/positions.ts';
import { PenumbraFailure } from '../../src/shared/failure.ts';
import { resolveRunSettings } from '../../src/shared/run-settings.ts';
import { latentSettings } from '../latent/settings.ts';

export type OneRun = Readonly<{ milliseconds: number; /** Slots by step. */ selected: number[][] }>;

const masked = -1e30;

export async function reasonInOneRun(
  model: LanguageModel,
  unrolled: OnnxSession,
  question: EngineQuestion,
): Promise<OneRun> {
  const settings = resolveRunSettings(latentSettings, model.bundle.trainedFor);
  const [preparation] = await prepareForLatentSteps(model, settings, [question]);
  if (preparation?.ok === false) throw new PenumbraFailure(preparation.failure);
  if (preparation === undefined) throw new Error('one question has one preparation');
  const [embedded] = await embedQuestions(model, [preparation.prompted]);
  const span = preparation.prompted.prompt.imageSpans[0];
  if (embedded === undefined || span === undefined) throw new Error('the question has no image');

  const started = performance.now();
  const { text } = model.bundle;
  const { hiddenSize, headCount, keyValueHeadCount, headSize } = text;
  const { latentSteps: stepCount, patchesPerStep } = settings;
  const added = patchesPerStep + 1;
  const prompt = embedded.promptEmbeds.length / hiddenSize;
  const total = prompt + stepCount * added;
  const table = rotaryTable(plainPositions(total).positions, text);
  const half = headSize / 2;
  const feeds: Record<string, FedTensor> = {
    inputs_embeds: { data: embedded.promptEmbeds, dims: [1, prompt, hiddenSize] },
    slot_embeds: { data: embedded.imageEmbeds[0] ?? new Float32Array(0), dims: [span.count, hiddenSize] },
    slot_positions: int64([span.count], (slot) => span.start + slot),
    slots: { data: Float32Array.from({ length: span.count }, (_, slot) => slot), dims: [1, span.count] },
    empty: { data: new Float32Array(0), dims: [1, keyValueHeadCount, 0, headSize] },
    rope_cos: { data: table.cos, dims: [total, half] },
    rope_sin: { data: table.sin, dims: [total, half] },
    shape_rows: shape([1, prompt, -1]),
    shape_grouped: shape([1, keyValueHeadCount, headCount / keyValueHeadCount, prompt, prompt]),
    shape_flat: shape([1, keyValueHeadCount, (headCount / keyValueHeadCount) * prompt, prompt]),
  };
  for (let step = 0; step <= stepCount; step++) {
    const from = step === 0 ? 0 : prompt + (step - 1) * added;
    const count = step === 0 ? prompt : added;
    feeds[`rope_index.${step}`] = int64([1, count], (index) => from + index);
    feeds[`rope_index_last.${step}`] = int64([1, 1], () => from + count - 1);
    feeds[`attention_bias.${step}`] = { data: causal(from, count), dims: [1, 1, count, from + count] };
  }
  const outputs = await unrolled.run(feeds);
  const selected = Array.from({ length: stepCount }, (_, step) => [...outputs.values(`selected.${step}`).data]);
  return { milliseconds: performance.now() - started, selected };
}

/** [count, from + count]: each new position sees those before it and itself. */
function causal(from: number, count: number): Float32Array {
  const bias = new Float32Array(count * (from + count)).fill(masked);
  for (let row = 0; row < count; row++) bias.fill(0, row * (from + count), row * (from + count) + from + row + 1);
  return bias;
}
