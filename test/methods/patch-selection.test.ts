import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { attentionRanks, seededOrder, selectPatches, topSlots } from '../../src/main/methods/patch-selection.ts';
import { goldenCheckpoints, goldenRoot, readGolden } from '../support/golden.ts';

const table = z
  .object({
    byScore: z.array(
      z.object({
        rule: z.enum(['largest', 'smallest']),
        scores: z.array(z.number()),
        pool: z.array(z.int()),
        patchesPerStep: z.int(),
        forced: z.array(z.int()),
        banned: z.array(z.int()),
        selectedSlots: z.array(z.int()),
      }),
    ),
    random: z.array(
      z.object({
        seed: z.int(),
        sampleId: z.string(),
        stepIndex: z.int(),
        pool: z.array(z.int()),
        patchesPerStep: z.int(),
        selectedSlots: z.array(z.int()),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(join(goldenRoot, 'selection.json'), 'utf8')));

const noOrder = (): number => 0;

describe('the reference table, ties included', () => {
  it.each(table.byScore.map((entry, index) => ({ ...entry, index })))('by score, row $index ($rule)', (entry) => {
    const slots = selectPatches({
      scores: Float32Array.from(entry.scores),
      pool: entry.pool,
      count: entry.patchesPerStep,
      rule: entry.rule === 'largest' ? 'most-attended' : 'least-attended',
      forced: entry.forced,
      banned: entry.banned,
      randomOrder: noOrder,
    });
    expect(slots).toEqual(entry.selectedSlots);
  });

  it.each(table.random)('at random, seed $seed, $sampleId, step $stepIndex', (entry) => {
    const slots = selectPatches({
      scores: new Float32Array(entry.pool.length),
      pool: entry.pool,
      count: entry.patchesPerStep,
      rule: 'random',
      forced: [],
      banned: [],
      randomOrder: seededOrder(entry.seed, entry.sampleId, entry.stepIndex),
    });
    expect(slots).toEqual(entry.selectedSlots);
  });
});

describe("the reference's own scores", () => {
  it.each(goldenCheckpoints)('%s: every step by attention selects the same slots and ranks', async (checkpoint) => {
    const { cases } = await readGolden(checkpoint);
    let compared = 0;
    for (const { id, settings, steps } of cases) {
      if (settings.intervention === 'no-latent-vision') continue;
      const at = (choices: typeof settings.forcedPatches, step: number) =>
        choices.filter((choice) => choice.step === step).flatMap(({ slots }) => slots);
      for (const [stepIndex, step] of steps.entries()) {
        const scores = Float32Array.from(step.scores);
        const random = settings.intervention === 'random-patches';
        const slots = selectPatches({
          scores,
          pool: step.pool,
          count: settings.patchesPerStep,
          rule: random ? 'random' : settings.intervention === 'least-attended' ? 'least-attended' : 'most-attended',
          forced: at(settings.forcedPatches, stepIndex),
          banned: at(settings.bannedPatches, stepIndex),
          randomOrder: seededOrder(settings.seed, id, stepIndex),
        });
        expect(slots, `${id}, step ${stepIndex}`).toEqual(step.selectedSlots);
        const ranks = attentionRanks(scores, step.pool);
        expect(
          slots.map((slot) => ranks.get(slot)),
          `${id}, ranks of step ${stepIndex}`,
        ).toEqual(step.ranks);
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(20);
  });
});

describe('hand-made cases', () => {
  const options = {
    scores: Float32Array.of(0.1, 0.4, 0.4, 0.3, 0.4, 0.2),
    pool: [0, 1, 2, 3, 4, 5],
    count: 2,
    rule: 'most-attended',
    forced: [],
    banned: [],
    randomOrder: noOrder,
  } as const;

  it('takes nothing from an empty pool, and nothing when nothing is asked for', () => {
    expect(selectPatches({ ...options, pool: [] })).toEqual([]);
    expect(selectPatches({ ...options, count: 0 })).toEqual([]);
  });

  it('takes the lowest of equal slots', () => {
    expect(selectPatches(options)).toEqual([1, 2]);
  });

  it('takes all that is left, ascending, when the pool is smaller than K', () => {
    expect(selectPatches({ ...options, pool: [1, 3, 5], count: 4 })).toEqual([1, 3, 5]);
  });

  it('ignores a forced slot that was used already, and forced slots beyond K', () => {
    expect(selectPatches({ ...options, pool: [0, 1, 5], forced: [3], count: 1 })).toEqual([1]);
    expect(selectPatches({ ...options, forced: [5, 3, 0], count: 2 })).toEqual([0, 3]);
  });

  it('lets a ban win over a force', () => {
    expect(selectPatches({ ...options, forced: [5], banned: [5] })).toEqual([1, 2]);
  });

  it('ignores the pool for the adaptive criterion', () => {
    expect(topSlots(options.scores, 2)).toEqual(new Set([1, 2]));
    expect(topSlots(options.scores, 99)).toEqual(new Set([0, 1, 2, 3, 4, 5]));
  });

  it('ranks equal slots by index', () => {
    expect([...attentionRanks(options.scores, [0, 1, 4, 5])]).toEqual([
      [1, 1],
      [4, 2],
      [5, 3],
      [0, 4],
    ]);
  });
});
