/**
 * ICoT (arXiv 2411.19488): a written rationale into which the patches are inserted that it attends to most. After a line
 * break, three times at most, the 16 slots of the picture with the largest attention (the line break's row, mean over
 * layers and heads) are appended in ascending order, as the vision tower gave them, between vision start and vision end.
 * With Qwen2-VL they lie on the positions of a picture of 4 x 4 slots, as in the published code; docs/methods.md says what is not as there.
 */
import type { LatentStep } from '../../shared/trace.ts';
import { attentionMasses, visionFocus, type PositionKind } from './latent-trace.ts';
import { conversation } from './conversation.ts';
import type { ReasoningMethod } from './method.ts';
import { attentionRanks, topSlots } from './patch-selection.ts';
import { plainPositions, type Positions } from '../backbones/positions.ts';
import { icotPrompt } from './prompts/icot.ts';
import { userTurn, type Asked, type Insertion, type Reading } from './reasoning.ts';

export const insertionLimit = 3;
export const patchesPerInsertion = 16;
const gridSide = 4;

export const icot: ReasoningMethod = {
  name: 'icot',
  title: 'ICoT',
  summary: 'A written rationale into which the patches that it attends to are inserted at line breaks.',
  isLatent: false,
  defaults: { maxTokens: 128 },
  ...conversation(async function* ({ question, images, tokenizer, specialTokens }) {
    const steps: LatentStep[] = [];
    const { text } = yield {
      purpose: 'rationale and answer',
      messages: [userTurn(images, icotPrompt(question))],
      isLast: true,
      insertion: {
        positionLimit: insertionLimit * (patchesPerInsertion + 2),
        after: (reading) => {
          const token = reading.generated.at(-1);
          if (steps.length >= insertionLimit || token === undefined || !tokenizer.decode([token]).includes('\n'))
            return null;
          const step = chooseSlots(reading, steps.length);
          if (step === null) return null;
          steps.push(step);
          return insertionOf(step.selectedSlots, reading, specialTokens);
        },
      },
    };
    return { outputText: text, steps };
  }),
};

/** Null without a picture. */
function chooseSlots({ state, kinds, images }: Reading, stepIndex: number): LatentStep | null {
  const image = images.at(-1);
  if (image === undefined) return null;
  const imageAttention = state.attention.slice(image.start, image.start + image.count);
  const selectedSlots = [...topSlots(imageAttention, patchesPerInsertion)].sort((a, b) => a - b);
  const pool = Array.from(imageAttention, (_, slot) => slot);
  const ranks = attentionRanks(imageAttention, pool);
  return {
    stepIndex,
    selectedSlots,
    scores: selectedSlots.map((slot) => imageAttention[slot] ?? 0),
    ranks: selectedSlots.map((slot) => ranks.get(slot) ?? 1),
    pool,
    ...attentionMasses(state.attention, kinds),
    visionFocus: visionFocus(imageAttention),
    imageAttention: [...imageAttention],
  };
}

function insertionOf(
  slots: readonly number[],
  { images, embed, nextPosition, hasImageGrid }: Reading,
  { imageStart, imageEnd }: Asked['specialTokens'],
): Insertion {
  const image = images.at(-1);
  const boundaries = embed([imageStart, imageEnd]);
  const size = boundaries.length / 2;
  const embeds = new Float32Array((slots.length + 2) * size);
  embeds.set(boundaries.subarray(0, size));
  for (const [index, slot] of slots.entries()) {
    embeds.set(image?.embeds.subarray(slot * size, (slot + 1) * size) ?? [], (index + 1) * size);
  }
  embeds.set(boundaries.subarray(size), (slots.length + 1) * size);
  const positions = hasImageGrid
    ? insertedPositions(slots.length, nextPosition)
    : plainPositions(slots.length + 2, nextPosition);
  return { embeds, positions, kinds: ['text', ...slots.map((): PositionKind => 'latentVision'), 'text'] };
}

/** Vision start takes the next number, the slots a grid after it (one time, rows of four), vision end the one after the largest. */
function insertedPositions(slotCount: number, next: number): Positions {
  const grid = Array.from({ length: slotCount }, (_, slot) => [0, Math.floor(slot / gridSide), slot % gridSide]);
  const end = next + 2 + Math.max(...grid.flat());
  const rows = [0, 1, 2].map((axis) => [next, ...grid.map((slot) => next + 1 + (slot[axis] ?? 0)), end]);
  return { positions: Int32Array.from(rows.flat()), next: end + 1 };
}
