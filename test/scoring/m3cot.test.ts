import { describe, expect, it } from 'vitest';
import { m3cotScorer } from '../../src/main/scoring/m3cot.ts';
import { checkCases, inputOf, type ScorerCase } from './case-table.ts';

describe('m3cot', () => {
  const cases: ScorerCase[] = [
    // 1. a letter in parentheses
    { output: 'The answer is (B).', reads: 'B', rule: 'parenthesised', claim: '(B)' },
    { output: '(b)', reads: 'B', rule: 'parenthesised', because: 'upper-cased' },
    { output: '(A) is wrong, (C) is right, not (B)', reads: 'B', rule: 'parenthesised', because: 'the last hit' },
    { output: 'dog, so (A)', reads: 'A', rule: 'parenthesised', because: 'before option texts' },
    { output: 'dog (E)', reads: null, rule: 'parenthesised', because: 'no option, but the rule has fired' },
    { output: '(AB) dog', reads: 'B', rule: 'option-text', because: 'one letter only' },
    { output: '( B ) it is', reads: 'B', rule: 'capital-letter', because: 'blanks inside: not parenthesised' },
    // 2. option texts
    { output: 'It is a DOG here', reads: 'B', rule: 'option-text', claim: 'DOG' },
    { output: 'a cow and a dog', reads: 'C', rule: 'option-text', because: 'last in option order, not in the text' },
    { output: 'B, a cat', reads: 'A', rule: 'option-text', because: 'before bare letters' },
    { output: 'dogged', reads: 'B', rule: 'option-text', because: 'contained is enough' },
    { output: 'anything', reads: 'B', rule: 'option-text', claim: null, choices: ['zebra', ''], because: 'empty text' },
    // 3. bare capital letters
    { output: 'B', reads: 'B', rule: 'capital-letter', claim: 'B' },
    { output: 'I say B!', reads: 'B', rule: 'capital-letter' },
    { output: 'C or\nB.', reads: 'C', rule: 'capital-letter', because: 'last in option order' },
    { output: 'B: yes', reads: null, rule: 'failed', because: 'a colon is not turned into a space' },
    { output: 'B</s>', reads: null, rule: 'failed', because: 'the marker hides the letter' },
    { output: 'B\tyes', reads: null, rule: 'failed', because: 'only single spaces split' },
    { output: 'E b', reads: 'B', rule: 'lower-letter', because: 'E is no option' },
    // 4. bare lower-case letters
    { output: 'it is b', reads: 'B', rule: 'lower-letter', claim: 'b' },
    { output: 'this is a bird', reads: 'A', rule: 'lower-letter', because: 'the article' },
    { output: 'nothing here', reads: null, rule: 'failed' },
    { output: '', reads: null, rule: 'failed' },
    // after [Answer], before [Rationale] and [Context]
    { output: '(A) [Answer] (B) [Rationale] (C)', reads: 'B', rule: 'parenthesised', claim: '(B)' },
    { output: '[Answer] (A) [Answer] dog [Context] (C)', reads: 'B', rule: 'option-text', claim: 'dog' },
    { output: '(B) [Rationale] (C)', reads: 'C', rule: 'parenthesised', because: 'cut only after [Answer]' },
    { output: '(B) [Answer]', reads: null, rule: 'failed' },
    { output: 'G', reads: null, rule: 'failed', choices: ['q', 'q', 'q', 'q', 'q', 'q', 'q'], because: 'A to F' },
  ];
  checkCases(m3cotScorer, cases);

  it('reads the last message', () => {
    const input = { ...inputOf('(C)', undefined, 2), messages: ['(A)', '(B)', '(C)'] };
    expect(m3cotScorer.score(input)).toMatchObject({ choiceIndex: 2, correct: true, match: { start: 0, end: 3 } });
  });

  it('gives no offsets where the last message is not the output text', () => {
    const input = { ...inputOf('x'), messages: ['prompt', '(A)'] };
    expect(m3cotScorer.score(input)).toMatchObject({ choiceIndex: 0, match: null });
  });

  it('scores rows with stale or missing choices by their letters', () => {
    expect(m3cotScorer.score(inputOf('(E)', ['a', 'b'], 4))).toMatchObject({ choiceIndex: 4, correct: true });
    expect(m3cotScorer.score(inputOf('(B)', [], 1)).correct).toBe(true);
    expect(m3cotScorer.score(inputOf('B', [], 1)).choiceIndex).toBeNull();
  });

  it('gives no offsets where lower-casing changes lengths', () => {
    expect(m3cotScorer.score(inputOf('İ dog', undefined, 1))).toMatchObject({ choiceIndex: 1, match: null });
  });
});
