import { describe, expect, it } from 'vitest';
import { createExplicitTally, meansOfParts, type TalliedCall } from '../../src/main/analysis/explicit-attention.ts';

const call = (callIndex: number, visionMasses: number[]): TalliedCall => ({
  callIndex,
  visionMasses,
  textMasses: visionMasses.map((mass) => 1 - mass),
});

describe('parts of a call', () => {
  it('are the tokens themselves, each repeated, where 20 is a multiple of their number', () => {
    const means = meansOfParts([0.1, 0.2, 0.3, 0.4]);
    const expected = [0.1, 0.2, 0.3, 0.4].flatMap((value) => [value, value, value, value, value]);
    for (const [part, value] of means.entries()) expect(value).toBeCloseTo(expected[part] ?? Number.NaN, 12);
  });

  it('are means of the tokens where there are more', () => {
    const means = meansOfParts(Array.from({ length: 60 }, (_, index) => index));
    for (const [part, value] of means.entries()) expect(value).toBeCloseTo(3 * part + 1, 12);
  });

  it('take a share of a token that lies across two parts', () => {
    // 8 tokens, 0.4 in a part: part 2 is 0.8 to 1.2, half in token 0 and half in token 1.
    const means = meansOfParts([1, 0, 0, 0, 0, 0, 0, 0]);
    const expected = [1, 1, 0.5, ...Array.from({ length: 17 }, () => 0)];
    for (const [part, value] of means.entries()) expect(value).toBeCloseTo(expected[part] ?? Number.NaN, 12);
  });

  it('keep the mean of the call, whatever its length', () => {
    for (const length of [1, 3, 7, 19, 21, 128, 511]) {
      const values = Array.from({ length }, (_, index) => Math.sin(index * index));
      const mean = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;
      expect(meansOfParts(values)).toHaveLength(20);
      expect(mean(meansOfParts(values))).toBeCloseTo(mean(values), 12);
    }
  });
});

describe('attention of generated tokens', () => {
  const tally = createExplicitTally();
  tally.add('right', 'science', [call(0, [0.8, 0.4]), call(1, [0.2])]);
  tally.add('wrong', 'science', [call(0, [0.6])]);
  tally.add('unparsed', '', [call(0, [0.4, 0.2, 0])]);
  tally.add('failed', 'mathematics', [call(0, [1])]);
  tally.add('right', 'mathematics', [call(0, [])]);
  tally.add('right', 'mathematics', []);
  const result = tally.result(['rationale', 'answer']);

  it('counts questions that generated something', () => {
    expect(result.questionCount).toBe(4);
  });

  it('has all calls together, then each by itself', () => {
    expect(
      result.all.map(({ callIndex, purpose, callCount, tokenCount }) => [callIndex, purpose, callCount, tokenCount]),
    ).toEqual([
      [null, null, 5, 8],
      [0, 'rationale', 4, 7],
      [1, 'answer', 1, 1],
    ]);
    const [together] = result.all;
    // 0.8 + 0.4 + 0.2 + 0.6 + 0.4 + 0.2 + 0 + 1 over eight tokens.
    expect(together?.visionMass).toBeCloseTo(3.6 / 8, 12);
    expect(together?.textMass).toBeCloseTo(4.4 / 8, 12);
  });

  it('means over the calls that reach a token', () => {
    const { byToken } = result.all[1] ?? { byToken: undefined };
    expect(byToken?.counts).toEqual([4, 2, 1]);
    for (const [index, expected] of [(0.8 + 0.6 + 0.4 + 1) / 4, (0.4 + 0.2) / 2, 0].entries()) {
      expect(byToken?.visionMass[index]).toBeCloseTo(expected, 12);
      expect(byToken?.textMass[index]).toBeCloseTo(1 - expected, 12);
    }
  });

  it('every call counts alike over its length', () => {
    const { byPart } = result.all[1] ?? { byPart: undefined };
    expect(byPart?.counts).toEqual(Array.from({ length: 20 }, () => 4));
    expect(byPart?.visionMass[0]).toBeCloseTo((0.8 + 0.6 + 0.4 + 1) / 4, 12);
    expect(byPart?.visionMass[19]).toBeCloseTo((0.4 + 0.6 + 0 + 1) / 4, 12);
  });

  it('right ones, and wrong ones with the unparsed; failures in neither', () => {
    expect(result.right[0]?.tokenCount).toBe(3);
    expect(result.wrong[0]?.tokenCount).toBe(4);
    expect(result.wrong[0]?.visionMass).toBeCloseTo((0.6 + 0.4 + 0.2) / 4, 12);
  });

  it('by domain, questions without one left out', () => {
    expect(result.byDomain.map(({ domain, callIndex, tokenCount }) => [domain, callIndex, tokenCount])).toEqual([
      ['mathematics', null, 1],
      ['science', null, 4],
    ]);
  });

  it('is empty where nothing was answered in words', () => {
    const empty = { questionCount: 0, all: [], right: [], wrong: [], byDomain: [] };
    expect(createExplicitTally().result([])).toEqual(empty);
  });
});
