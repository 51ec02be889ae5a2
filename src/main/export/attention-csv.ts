/**
 * CSV of a run's attention analyses: rows of latent steps, and of the tokens that calls generated, by position and over
 * 20 equal parts of a call's length; over all, the right and the wrong answers, those of tokens by domain too.
 */
import type { ExplicitCurve, MassCurve, RunAttention } from '../../shared/run-attention.ts';
import { csvText, type Cell } from './csv.ts';

const header = [
  'run_id',
  'answers',
  'step',
  'n',
  'vision_mass',
  'text_mass',
  'latent_vision_mass',
  'latent_text_mass',
  'vision_focus',
  'border_share',
  'border_share_expected',
  'overlap_with_previous',
  'scorer',
  'kind',
  'call',
  'purpose',
  'domain',
] as const;

const groups = ['all', 'right', 'wrong'] as const;
type Group = (typeof groups)[number];

/** The whole file, header included. Several runs come one after the other. */
export const attentionCsv = (rows: readonly Cell[][]): string => csvText([header, ...rows]);

/** `step` counts latent steps, tokens of a call or parts of its length (`kind`) from 0; `call` is empty for all of them. */
export const attentionRows = (analyses: readonly RunAttention[]): Cell[][] =>
  analyses.flatMap((analysis) => [...latentRows(analysis), ...explicitRows(analysis)]);

function latentRows(analysis: RunAttention): Cell[][] {
  return groups.flatMap((group) =>
    analysis[group].map((step): Cell[] => [
      analysis.runId,
      group,
      step.stepIndex,
      step.questionCount,
      step.visionMass,
      step.textMass,
      step.latentVisionMass,
      step.latentTextMass,
      step.visionFocus,
      step.borderShare,
      step.borderShareExpected,
      step.overlapWithPrevious,
      analysis.scorer,
      'latent-step',
      null,
      null,
      null,
    ]),
  );
}

function explicitRows({ runId, scorer, explicit }: RunAttention): Cell[][] {
  const rowsOf = (group: Group, curve: ExplicitCurve, domain: string | null): Cell[][] => {
    const { callIndex, purpose, byToken, byPart } = curve;
    const rows = (kind: 'token' | 'part', places: MassCurve): Cell[][] =>
      places.counts.map((count, place) => {
        const masses = [places.visionMass[place] ?? null, places.textMass[place] ?? null];
        const known = [runId, group, place, count, ...masses];
        return [...known, null, null, null, null, null, null, scorer, kind, callIndex, purpose, domain];
      });
    return [...rows('token', byToken), ...rows('part', byPart)];
  };
  return [
    ...groups.flatMap((group) => explicit[group].flatMap((curve) => rowsOf(group, curve, null))),
    ...explicit.byDomain.flatMap((curve) => rowsOf('all', curve, curve.domain)),
  ];
}
