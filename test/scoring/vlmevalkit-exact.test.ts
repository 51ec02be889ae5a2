import { describe, expect, it } from 'vitest';
import { vlmevalkitExactScorer } from '../../src/main/scoring/vlmevalkit-exact.ts';
import { checkCases, inputOf, type ScorerCase } from './case-table.ts';

describe('vlmevalkit-exact', () => {
  const long = 'word '.repeat(20);
  const cases: ScorerCase[] = [
    // a single option letter among the last four words
    { output: 'B', reads: 'B', rule: 'letter', claim: 'B' },
    { output: '(B) indeed.', reads: 'B', rule: 'letter' },
    { output: '{B}', reads: 'B', rule: 'letter' },
    { output: 'B</s>', reads: 'B', rule: 'letter', because: 'the marker is no part of the output' },
    { output: `${long} B two three four`, reads: 'B', rule: 'letter', because: 'the fourth from the end' },
    { output: `${long} B two three four five`, reads: null, rule: 'failed', because: 'the fifth from the end' },
    { output: `B ${long} B`, reads: null, rule: 'failed', because: 'where it stands first counts' },
    { output: `${long} A or B`, reads: null, rule: 'failed', because: 'two letters' },
    { output: '-B-', reads: null, rule: 'failed', because: 'a hyphen is not blanked out' },
    { output: 'E', reads: null, rule: 'failed', because: 'no option' },
    // refusals
    { output: 'Cannot determine the answer B', reads: null, rule: 'refusal' },
    { output: 'Z', reads: null, rule: 'refusal' },
    { output: 'Z or B', reads: 'B', rule: 'letter' },
    {
      output: 'Failed to obtain answer via API B dog',
      reads: 'B',
      rule: 'option-text',
      claim: 'dog',
      because: 'texts only',
    },
    // "answer is X"
    { output: `The answer is B ${long}`, reads: 'B', rule: 'answer-is', claim: 'answer is B' },
    { output: `the answer IS **B** ${long}`, reads: 'B', rule: 'answer-is' },
    { output: `The answer is because ${long}`, reads: 'B', rule: 'answer-is', because: 'any word with b' },
    { output: `The answer is (B) ${long}`, reads: null, rule: 'failed', because: 'a bracket stands between' },
    { output: `The answer is x. The answer is B ${long}`, reads: 'B', rule: 'answer-is' },
    { output: `The answer is dull. The answer is B ${long}`, reads: 'D', rule: 'answer-is', because: 'the first hit' },
    {
      output: `The answer is E ${long}`,
      reads: null,
      rule: 'failed',
      choices: ['1', '2', '3', '4', '5'],
      because: 'A to D',
    },
    {
      output: `The answer is D ${long}`,
      reads: null,
      rule: 'failed',
      choices: ['x1', 'x2', 'x3'],
      because: 'no option',
    },
    // option texts
    { output: 'It is a Dog', reads: 'B', rule: 'option-text', claim: 'Dog' },
    { output: 'dog and cow', reads: null, rule: 'failed', because: 'two texts' },
    { output: 'hotdogs', reads: 'B', rule: 'option-text', because: 'contained is enough' },
    { output: `dog ${'x'.repeat(38)}`, reads: 'B', rule: 'option-text', because: '42 characters, options 21' },
    { output: `dog ${'x'.repeat(39)}`, reads: null, rule: 'failed', because: 'longer than twice the options' },
    { output: `dog ${'😀'.repeat(38)}`, reads: 'B', rule: 'option-text', because: 'characters, not UTF-16 units' },
    { output: '', reads: null, rule: 'failed' },
  ];
  checkCases(vlmevalkitExactScorer, cases);

  it('has no letters and no texts without choices', () => {
    expect(vlmevalkitExactScorer.score(inputOf('B', [], 1)).choiceIndex).toBeNull();
  });

  it('gives no offsets for an empty option text', () => {
    expect(vlmevalkitExactScorer.score(inputOf('xyz', ['', 'dog'], 0))).toMatchObject({ choiceIndex: 0, match: null });
  });
});
