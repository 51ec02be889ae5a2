/** Where the pool ran out, and the words for it. */
import { describe, expect, it } from 'vitest';
import { describeShortage, poolShortage } from '../../src/renderer/src/features/question/pool-shortage.ts';
import type { LatentStep, Trace } from '../../src/shared/trace.ts';
import { withoutCalls } from '../../src/shared/trace.ts';

/** Steps over a grid of 2 x 3, each with as many slots left as said. */
function traceOf(left: readonly number[]): Trace {
  const steps = left.map((count, stepIndex): LatentStep => {
    const pool = Array.from({ length: count }, (_, slot) => slot);
    return {
      stepIndex,
      pool,
      selectedSlots: [],
      scores: [],
      ranks: [],
      imageAttention: [],
      visionFocus: 0,
      visionMass: 1,
      textMass: 0,
      latentVisionMass: 0,
      latentTextMass: 0,
    };
  });
  const image = { sourceWidth: 30, sourceHeight: 20, resizedWidth: 30, resizedHeight: 20, resize: 'stretch' } as const;
  return {
    image: { ...image, gridRows: 2, gridColumns: 3 },
    promptTokenCount: 1,
    imageCount: 1,
    stoppedEarly: false,
    ...withoutCalls,
    steps,
  };
}

describe('the first step that wanted more than was left', () => {
  it('is none where every step had K to choose from', () => {
    expect(poolShortage(traceOf([6, 4, 2]), { patchesPerStep: 2 })).toBeNull();
  });

  it('is named with what was left, and the steps after it that found nothing are counted', () => {
    const shortage = { stepIndex: 1, left: 2, emptyLater: 2, slotCount: 6 };
    expect(poolShortage(traceOf([6, 2, 0, 0]), { patchesPerStep: 4 })).toEqual(shortage);
  });

  it('is none without an image', () => {
    expect(poolShortage({ ...traceOf([0]), image: null }, { patchesPerStep: 4 })).toBeNull();
  });
});

describe('in words', () => {
  const settings = { patchesPerStep: 4, intervention: 'none' } as const;

  it('says the step from 1, what it wanted and what was left', () => {
    expect(describeShortage({ stepIndex: 1, left: 2, emptyLater: 0, slotCount: 6 }, settings)).toMatch(
      /^Step 2 wanted K = 4 patches, and 2 were left\. The picture has 6, and each is used once\./,
    );
  });

  it('counts what came after in the singular and the plural', () => {
    const words = (emptyLater: number) =>
      describeShortage({ stepIndex: 1, left: 1, emptyLater, slotCount: 6 }, settings);
    expect(words(1)).toContain('1 was left, and nothing for the step after it.');
    expect(words(3)).toContain('1 was left, and nothing for the 3 steps after it.');
  });

  it('does not propose reuse where patches are reused already', () => {
    const reused = describeShortage(
      { stepIndex: 0, left: 6, emptyLater: 0, slotCount: 6 },
      { patchesPerStep: 8, intervention: 'allow-reuse' },
    );
    expect(reused).toContain('The picture has only 6.');
    expect(reused).not.toContain('used once');
  });
});
