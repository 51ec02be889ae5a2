import { describe, expect, it } from 'vitest';
import { releasedScorer, releasedStrippedScorer as stripped } from '../../src/main/scoring/released.ts';
import { checkCases, inputOf, type ScorerCase } from './case-table.ts';

/** As the chat template makes it around the released prompt. */
const prompt =
  '<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\n<|vision_start|><|image_pad|><|vision_end|>' +
  '[Question]:{Which?}\n[Options]:\nA.{a cat}\nB.{dog}\nAnswer:<|im_end|>\n<|im_start|>assistant\n<|latent|><|latent|><|latent|>';

describe('released: the letters in the output', () => {
  const cases: ScorerCase[] = [
    { output: 'Therefore, the answer is B', reads: 'B', rule: 'one-letter', claim: 'the answer is B' },
    { output: 'THE  ANSWER\nIS b', reads: 'B', rule: 'one-letter' },
    { output: 'Answer: B', reads: 'B', rule: 'one-letter', claim: 'Answer: B' },
    { output: 'answer:\n\nB', reads: 'B', rule: 'one-letter' },
    { output: 'Answer:B', reads: 'B', rule: 'one-letter' },
    { output: 'The answer is because', reads: 'B', rule: 'one-letter', because: 'the letter need not stand alone' },
    { output: 'The answer is not A', reads: null, rule: 'one-letter', because: 'N is a candidate, and no option' },
    { output: 'The answer is (B)', reads: null, rule: 'none', because: 'a bracket stands between' },
    { output: '(B)', reads: null, rule: 'none' },
    { output: 'B', reads: null, rule: 'none' },
    { output: 'The answer: 3. The answer is B', reads: 'B', rule: 'one-letter' },
    { output: 'Answer: assistant B', reads: 'B', rule: 'one-letter', because: 'the role name is dropped' },
    { output: 'Answer: assistants', reads: 'A', rule: 'one-letter', because: 'not the role name' },
    { output: 'the answer is assistant B', reads: 'A', rule: 'one-letter', because: 'dropped only after "answer:"' },
    { output: '', reads: null, rule: 'none' },
  ];
  checkCases(releasedScorer, cases);

  it('counts every candidate, and reads the first that is an option', () => {
    const output = 'The answer is not sure. The answer is A. The answer is B.';
    for (const gold of [0, 1]) {
      const reading = releasedScorer.score(inputOf(output, undefined, gold));
      expect(reading).toMatchObject({ choiceIndex: 0, correct: true, rule: 'several-letters' });
    }
    expect(releasedScorer.score(inputOf(output, undefined, 2)).correct).toBe(false);
  });
});

describe('released: the prompt', () => {
  it('yields nothing while its chat markers are kept', () => {
    const reading = releasedScorer.score({ ...inputOf('Based on it'), prompt });
    expect(reading).toMatchObject({ choiceIndex: null, rule: 'none' });
  });

  it('makes the first letter generated a candidate once they are stripped', () => {
    const reading = stripped.score({ ...inputOf('Based on it', undefined, 1), prompt });
    expect(reading).toMatchObject({ choiceIndex: 1, correct: true, rule: 'one-letter' });
    expect(reading.match).toEqual({ start: 0, end: 1 });
  });

  it('adds its own claims to the candidates', () => {
    const asks = prompt.replace('Which?', 'Is it true that the answer is C?');
    const reading = releasedScorer.score({ ...inputOf('The answer is A', undefined, 2), prompt: asks });
    expect(reading).toMatchObject({ choiceIndex: 2, correct: true, match: null, rule: 'several-letters' });
  });

  it('is replaced by the earlier messages of an imported prediction', () => {
    const messages = ['Which? Answer:', 'Based on it'];
    const input = { ...inputOf('Based on it', undefined, 1), messages };
    expect(releasedScorer.score(input).choiceIndex).toBeNull();
    expect(stripped.score(input).choiceIndex).toBe(1);
  });

  it('points into the output with the markers stripped, unless stripping changed the output', () => {
    expect(stripped.score({ ...inputOf('So the answer is A'), prompt: 'x<|im_end|>' }).match).toEqual({
      start: 3,
      end: 18,
    });
    expect(stripped.score({ ...inputOf('So the answer is A<|im_end|>'), prompt }).match).toBeNull();
  });
});
