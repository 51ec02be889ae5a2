import { describe, expect, it } from 'vitest';
import { scienceqaScorer } from '../../src/main/scoring/scienceqa.ts';
import { checkCases, inputOf, type ScorerCase } from './case-table.ts';

describe('scienceqa', () => {
  const cases: ScorerCase[] = [
    { output: 'Therefore, the answer is 2', reads: 'C', rule: 'index', claim: 'the answer is 2' },
    { output: 'The answer is 0.', reads: 'A', rule: 'index' },
    { output: 'The answer is: (1)', reads: 'B', rule: 'index', claim: 'The answer is: (1' },
    { output: 'answer is 3', reads: 'D', rule: 'index' },
    { output: 'The answer is 4', reads: null, rule: 'failed', because: 'four options: 0 to 3' },
    { output: 'The answer is 2.5', reads: null, rule: 'failed' },
    { output: 'The answer is 2nd', reads: null, rule: 'failed' },
    { output: 'The answer is B.', reads: 'B', rule: 'letter' },
    { output: 'THE ANSWER IS b', reads: 'B', rule: 'letter' },
    { output: 'The answer is **B**', reads: 'B', rule: 'letter' },
    { output: 'The answer is a dog', reads: null, rule: 'failed', because: 'a word, not the letter' },
    { output: 'The answer is because', reads: null, rule: 'failed', because: 'a letter must stand alone' },
    { output: 'The answer is E', reads: null, rule: 'failed' },
    { output: 'The answer is not B', reads: null, rule: 'failed' },
    { output: 'The answer is B. The answer is 2.', reads: 'C', rule: 'index', because: 'an index before a letter' },
    { output: 'The answer is 1. The answer is 2.', reads: 'B', rule: 'index', because: 'the first' },
    { output: 'My answer is 1. The answer is 2.', reads: 'C', rule: 'index', because: '"the answer is" first' },
    { output: 'My answer is A. The answer is B.', reads: 'B', rule: 'letter' },
    { output: '2', reads: 'C', rule: 'index-only', claim: '2', because: 'prediction files hold bare indices' },
    { output: ' 2</s>', reads: 'C', rule: 'index-only', claim: '2' },
    { output: '-1', reads: null, rule: 'failed', because: 'the file says that nothing was found' },
    { output: '7', reads: null, rule: 'failed' },
    { output: '(B).', reads: 'B', rule: 'letter-only', claim: '(B).' },
    { output: 'E', reads: null, rule: 'failed' },
    { output: 'It is dog', reads: null, rule: 'failed' },
    { output: '', reads: null, rule: 'failed' },
  ];
  checkCases(scienceqaScorer, cases);

  it('takes A to H, 0 to 7, where the options are unknown', () => {
    expect(scienceqaScorer.score(inputOf('The answer is 7', [], 7)).correct).toBe(true);
    expect(scienceqaScorer.score(inputOf('The answer is 8', [], 7)).choiceIndex).toBeNull();
  });
});
