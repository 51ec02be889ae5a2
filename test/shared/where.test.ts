import { describe, expect, it } from 'vitest';
import { parseWhere, sampleMatches } from '../../src/shared/where.ts';
import { expectFailure } from '../support/expect-failure.ts';
import { sampleOfTest } from '../support/stored-rows.ts';

describe('filter terms', () => {
  it('collects terms by field; the value is all that follows the first equals sign', () => {
    expect(parseWhere(['domain=science', 'domain=mathematics', 'topic=a=b', ' outcome = wrong '])).toEqual({
      domain: ['science', 'mathematics'],
      topic: ['a=b'],
      outcome: ['wrong'],
    });
  });

  it('knows the failures by one word', () => {
    expect(parseWhere(['outcome=failures']).outcome).toEqual(['wrong', 'unparsed', 'failed']);
    expect(parseWhere(['outcome=right', 'outcome=failures']).outcome).toEqual(['right', 'wrong', 'unparsed', 'failed']);
  });

  it.each([
    'science',
    'subject=biology',
    'domain@2=failures',
    'remark=bad',
    'calls=two',
    'calls@1=2..3',
    'other=r1:failures',
    '=science',
    'outcome=right and wrong',
    '',
  ])('refuses %j', async (term) => {
    const failure = await expectFailure(() => parseWhere([term]), 'wrong-usage');
    expect(failure.expected).toBeTruthy();
  });

  it('terms of one field are alternatives, fields combine', () => {
    const sample = sampleOfTest(1, { domain: 'science', topic: 'physics', split: 'test' });
    const matches = (...terms: string[]): boolean => sampleMatches(parseWhere(terms), sample);
    expect(matches()).toBe(true);
    expect(matches('domain=mathematics', 'domain=science')).toBe(true);
    expect(matches('domain=science', 'topic=biology')).toBe(false);
    expect(matches('split=test', 'topic=physics', `sample=${sample.sampleId}`)).toBe(true);
  });
});
