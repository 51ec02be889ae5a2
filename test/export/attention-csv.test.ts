/** The attention table and text of a run in words, and of one with latent steps. */
import { describe, expect, it } from 'vitest';
import { createAttentionTally } from '../../src/main/analysis/attention.ts';
import { createExplicitTally } from '../../src/main/analysis/explicit-attention.ts';
import { attentionText } from '../../src/main/cli/output/attention-text.ts';
import { attentionCsv, attentionRows } from '../../src/main/export/attention-csv.ts';
import type { RunAttention } from '../../src/shared/run-attention.ts';
import { readCsvRows } from '../support/read-csv.ts';

function inWords(): RunAttention {
  const explicit = createExplicitTally();
  explicit.add('right', 'science', [
    { callIndex: 0, visionMasses: [0.75, 0.25], textMasses: [0.25, 0.75] },
    { callIndex: 1, visionMasses: [0.125], textMasses: [0.875] },
  ]);
  const purposes = ['scene graph', 'answer'];
  return { runId: 'WORDS', scorer: 'm3cot', ...createAttentionTally().result(), explicit: explicit.result(purposes) };
}

function latent(): RunAttention {
  const tally = createAttentionTally();
  const masses = { visionMass: 0.5, textMass: 0.25, latentVisionMass: 0.125, latentTextMass: 0.125 };
  tally.add('wrong', null, [{ stepIndex: 0, ...masses, visionFocus: 0.0625, selectedSlots: [] }]);
  return { runId: 'LATENT', scorer: 'm3cot', ...tally.result(), explicit: createExplicitTally().result([]) };
}

describe('attention.csv', () => {
  const rows = readCsvRows(attentionCsv(attentionRows([latent(), inWords()])));
  const where = (wanted: Record<string, string>) =>
    rows.filter((row) => Object.entries(wanted).every(([name, value]) => row[name] === value));

  it('has the latent steps as before, named as such', () => {
    expect(
      where({ run_id: 'LATENT' }).map(({ answers, kind, step, n, vision_mass: mass }) => [
        answers,
        kind,
        step,
        n,
        mass,
      ]),
    ).toEqual([
      ['all', 'latent-step', '0', '1', '0.5'],
      ['wrong', 'latent-step', '0', '1', '0.5'],
    ]);
  });

  it('has tokens and parts of each call, of all calls, and by domain', () => {
    const tokens = where({ run_id: 'WORDS', answers: 'all', kind: 'token', domain: '' });
    expect(
      tokens.map(({ call, purpose, step, n, vision_mass: vision, text_mass: text }) => [
        call,
        purpose,
        step,
        n,
        vision,
        text,
      ]),
    ).toEqual([
      ['', '', '0', '2', '0.4375', '0.5625'],
      ['', '', '1', '1', '0.25', '0.75'],
      ['0', 'scene graph', '0', '1', '0.75', '0.25'],
      ['0', 'scene graph', '1', '1', '0.25', '0.75'],
      ['1', 'answer', '0', '1', '0.125', '0.875'],
    ]);
    expect(where({ kind: 'part', answers: 'right', call: '0' }).map(({ vision_mass: mass }) => mass)).toEqual([
      ...Array.from({ length: 10 }, () => '0.75'),
      ...Array.from({ length: 10 }, () => '0.25'),
    ]);
    expect(where({ domain: 'science', kind: 'token' }).map(({ vision_mass: mass }) => mass)).toEqual([
      '0.4375',
      '0.25',
    ]);
    expect(where({ run_id: 'WORDS', answers: 'wrong' })).toEqual([]);
  });
});

describe('attention on the command line', () => {
  const lines = (attention: RunAttention) => attentionText(attention).split('\n');

  it('of calls, with means over their tokens and the way from beginning to end', () => {
    expect(lines(inWords()).find((line) => line.startsWith('call 0 (scene graph)'))).toMatch(
      /all +1 +2 +0\.500 +0\.500 +0\.750 > 0\.750 > 0\.250 > 0\.250 > 0\.250$/,
    );
    expect(lines(inWords()).some((line) => line.startsWith('science'))).toBe(true);
  });

  it('of latent steps, or of nothing', () => {
    expect(lines(latent())[2]).toMatch(/^ +0 {2}all +1 +0\.500 +0\.250 +0\.125 +0\.125 +0\.063$/);
    expect(attentionText({ ...latent(), all: [], wrong: [] })).toBe('No answer of the run has a trace.');
  });
});
