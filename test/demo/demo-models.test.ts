/**
 * The trained models that ship with the program, imported by its builder, answer as PyTorch does with the same weights,
 * and really learned to look.
 */
import { expect, it } from 'vitest';
import { agreementWithReference, withDemoModel } from '../support/demo-answers.ts';

it('the latent model: answers and patches of the whole test split', { timeout: 300_000 }, async () => {
  const found = await withDemoModel('checkpoint', 'f32', async (model) => {
    expect(model.bundle.trained).toBe(true);
    return await agreementWithReference(model, 'checkpoint');
  });
  expect(found.questions).toBe(612);
  expect(found.sameAnswer / found.questions).toBeGreaterThanOrEqual(0.995);
  expect(found.samePatches / found.latentSteps).toBeGreaterThanOrEqual(0.99);
  expect(found.correct / found.questions).toBeGreaterThanOrEqual(0.85);
});

it('explicit chain-of-thought: the same rationales', { timeout: 300_000 }, async () => {
  const found = await withDemoModel('checkpoint-explicit', 'f32', (model) =>
    agreementWithReference(model, 'checkpoint-explicit', { limit: 108 }),
  );
  expect(found).toMatchObject({ questions: 108, latentSteps: 0 });
  expect(found.sameText / found.questions).toBeGreaterThanOrEqual(0.98);
  expect(found.correct / found.questions).toBeGreaterThanOrEqual(0.9);
});

it('direct answers: the same ones, and no better than guessing among four', { timeout: 300_000 }, async () => {
  const found = await withDemoModel('checkpoint-direct', 'f32', (model) =>
    agreementWithReference(model, 'checkpoint-direct', { limit: 216 }),
  );
  expect(found).toMatchObject({ questions: 216, latentSteps: 0 });
  expect(found.sameAnswer / found.questions).toBeGreaterThanOrEqual(0.99);
  // 216 guesses: 25 % with a standard deviation of 3 points.
  expect(Math.abs(found.correct / found.questions - 0.25)).toBeLessThan(0.12);
});
