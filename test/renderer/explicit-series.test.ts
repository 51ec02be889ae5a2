/** Curves of methods in words as a chart's series: each place its own value, and an end where calls end. */
import { describe, expect, it } from 'vitest';
import {
  curveNote,
  curveOf,
  curvePlaces,
  massesOfCurve,
  visionByDomain,
  visionByOutcome,
} from '../../src/renderer/src/features/run/explicit-series.ts';
import { massSeries } from '../../src/renderer/src/features/run/latent/step-series.ts';
import type { ExplicitAttention, ExplicitCurve, RunStepAttention } from '../../src/shared/run-attention.ts';

const parts = Array.from({ length: 20 }, (_, index) => index / 100);
const curve = (callIndex: number | null, byToken: readonly number[]): ExplicitCurve => ({
  callIndex,
  purpose: callIndex === null ? null : 'answer',
  callCount: 3,
  tokenCount: 7,
  visionMass: 0.5,
  textMass: 0.5,
  byToken: {
    counts: byToken.map((_, index) => 3 - index),
    visionMass: [...byToken],
    textMass: byToken.map((value) => 1 - value),
  },
  byPart: { counts: parts.map(() => 3), visionMass: parts, textMass: parts.map((value) => 1 - value) },
});
const explicit: ExplicitAttention = {
  questionCount: 3,
  all: [curve(null, [0.5, 0.25, 0.125]), curve(0, [0.5])],
  right: [curve(null, [0.75])],
  wrong: [],
  byDomain: [{ ...curve(null, [0.1]), domain: 'science' }],
};
const all = curveOf(explicit, 'all', null);
if (all === undefined) throw new Error('there is a curve of all calls');

describe('the curve of attention while writing', () => {
  it('has a place for each part of a call, or each token', () => {
    const places = curvePlaces([all], 'part');
    expect(places).toHaveLength(20);
    expect([places[0], places[1], places[19]]).toEqual(['0–5', '5–10', '95–100']);
    expect(curvePlaces([all, curve(1, [1])], 'token')).toEqual(['1', '2', '3']);
    expect(curvePlaces([], 'token')).toEqual([]);
  });

  it('shows pictures against text', () => {
    const [pictures, text] = massesOfCurve(all, 'token', curvePlaces([all], 'token'));
    expect(pictures?.values).toEqual([0.5, 0.25, 0.125]);
    expect(text?.values).toEqual([0.5, 0.75, 0.875]);
  });

  it('ends where the calls of a group end, and has no line for a group without the call', () => {
    const places = curvePlaces([all], 'token');
    expect(visionByOutcome(explicit, null, 'token', places).map(({ label, values }) => [label, values])).toEqual([
      ['All answers', [0.5, 0.25, 0.125]],
      ['Right answers', [0.75, null, null]],
    ]);
    expect(visionByOutcome(explicit, 0, 'token', places)).toHaveLength(1);
    expect(visionByDomain(explicit, 'token', places).map(({ label, values }) => [label, values])).toEqual([
      ['science', [0.1, null, null]],
    ]);
  });

  it('says over how much it is a mean', () => {
    expect(curveNote(all, 'part')).toBe('n = 3 calls, 7 tokens');
    expect(curveNote(all, 'token')).toBe('n = 3 calls, 7 tokens; 1 at the last token');
  });
});

it('masses at insertions have no latent text', () => {
  const step = { visionMass: 0.2, latentVisionMass: 0.1, textMass: 0.7, latentTextMass: 0 } as RunStepAttention;
  expect(massSeries([step], 'insertion').map(({ label, values }) => [label, values])).toEqual([
    ['Vision (image)', [0.2]],
    ['Inserted patches', [0.1]],
    ['Text', [0.7]],
  ]);
  expect(massSeries([step], 'latent step')).toHaveLength(4);
});
