/** What the form of a try refuses before the core would. */
import { expect, it } from 'vitest';
import {
  choicesRefusal,
  limitsOf,
  refusalOf,
  shortageAhead,
  type TryDraft,
} from '../../src/renderer/src/features/question/try-draft.ts';

const draft: TryDraft = { latentSteps: 3, patchesPerStep: 8, intervention: 'none' };

it('states the limits of N and K', () => {
  expect(limitsOf('latentSteps')).toEqual({ least: 0, most: 64 });
  expect(limitsOf('patchesPerStep')).toEqual({ least: 0, most: 4096 });
});

it.each([65, -1, 2.5, '', '99999999999999999999'] as const)('refuses N = "%s" and does not bend it', (value) => {
  expect(refusalOf('latentSteps', value)).toBe('A whole number from 0 to 64');
});

it.each([0, 1, 64])('takes N = %i', (value) => {
  expect(refusalOf('latentSteps', value)).toBeNull();
});

it('refuses patches of steps that the try does not have, with the step counted from 1', () => {
  const choices = [{ stepIndex: 3, slot: 7, kind: 'banned' }] as const;
  expect(choicesRefusal(draft, choices)).toBe('A patch is banned at step 4, but N is 3: clear it, or raise N.');
  expect(choicesRefusal({ ...draft, latentSteps: 4 }, choices)).toBeNull();
});

it('refuses patches where none are selected', () => {
  const choices = [{ stepIndex: 0, slot: 7, kind: 'forced' }] as const;
  expect(choicesRefusal({ ...draft, intervention: 'no-latent-vision' }, choices)).toContain('no-latent-vision');
  expect(choicesRefusal({ ...draft, intervention: 'no-latent' }, [])).toBeNull();
});

it('says beforehand from which step on the pool is too small', () => {
  expect(shortageAhead({ ...draft, latentSteps: 8, patchesPerStep: 8 }, 64)).toBeNull();
  // 6 steps of 10 leave 4.
  expect(shortageAhead({ ...draft, latentSteps: 8, patchesPerStep: 10 }, 64)).toContain('from step 7 on');
  expect(shortageAhead({ latentSteps: 8, patchesPerStep: 10, intervention: 'allow-reuse' }, 64)).toBeNull();
});
