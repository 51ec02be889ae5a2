/** Where methods in words look while they write, as series of a chart. Pure. */
import type { ExplicitAttention, ExplicitCurve, MassCurve } from '../../../../shared/run-attention.ts';
import { answerColours, massColours, seriesColour } from '../../app/palette.ts';
import type { ChartSeries } from '../../components/series-chart.tsx';
import { answerGroups, groupLabels, type AnswerGroup } from './latent/step-series.ts';

/** Over equal parts of a call's length, where every call counts alike; or token by token, over the calls long enough. */
export const curveAxes = ['part', 'token'] as const;
export type CurveAxis = (typeof curveAxes)[number];

export const axisLabels: Readonly<Record<CurveAxis, string>> = {
  part: 'Part of the call, %',
  token: 'Token of the call',
};

export const pointsOf = (curve: ExplicitCurve, axis: CurveAxis): MassCurve =>
  axis === 'part' ? curve.byPart : curve.byToken;

/** Names of the places: `0–5` of a call's length, or tokens from 1; as many as the longest curve has. */
export function curvePlaces(curves: readonly ExplicitCurve[], axis: CurveAxis): string[] {
  const length = Math.max(0, ...curves.map((curve) => pointsOf(curve, axis).visionMass.length));
  const part = (index: number): string => String(Math.round((100 * index) / length));
  return Array.from({ length }, (_, index) =>
    axis === 'token' ? String(index + 1) : `${part(index)}–${part(index + 1)}`,
  );
}

/** Null where the curve has ended. */
export const visionOf = (curve: ExplicitCurve, axis: CurveAxis, places: readonly string[]): (number | null)[] =>
  places.map((_, index) => pointsOf(curve, axis).visionMass[index] ?? null);

const textOf = (curve: ExplicitCurve, axis: CurveAxis, places: readonly string[]): (number | null)[] =>
  places.map((_, index) => pointsOf(curve, axis).textMass[index] ?? null);

/** The curve of a call (null: all together) among the answers of a group; missing where none of them has the call. */
export const curveOf = (
  explicit: ExplicitAttention,
  group: AnswerGroup,
  callIndex: number | null,
): ExplicitCurve | undefined => explicit[group].find((curve) => curve.callIndex === callIndex);

export function massesOfCurve(curve: ExplicitCurve, axis: CurveAxis, places: readonly string[]): ChartSeries[] {
  return [
    { label: 'Pictures', colour: massColours.visionMass, values: visionOf(curve, axis, places) },
    { label: 'Text', colour: massColours.textMass, values: textOf(curve, axis, places), dash: '6 3' },
  ];
}

/** Attention on pictures, right answers against wrong ones; groups without the call have no line. */
export function visionByOutcome(
  explicit: ExplicitAttention,
  callIndex: number | null,
  axis: CurveAxis,
  places: readonly string[],
): ChartSeries[] {
  return answerGroups.flatMap((group) => {
    const curve = curveOf(explicit, group, callIndex);
    return curve === undefined
      ? []
      : [{ label: groupLabels[group], colour: answerColours[group], values: visionOf(curve, axis, places) }];
  });
}

export function visionByDomain(
  { byDomain }: ExplicitAttention,
  axis: CurveAxis,
  places: readonly string[],
): ChartSeries[] {
  return byDomain.map((curve, index) => ({
    label: curve.domain,
    colour: seriesColour(index),
    values: visionOf(curve, axis, places),
  }));
}

/** `n = 24 calls, 512 tokens; 3 at the last token`. */
export function curveNote(curve: ExplicitCurve, axis: CurveAxis): string {
  const { callCount, tokenCount, byToken } = curve;
  const calls = `n = ${String(callCount)} ${callCount === 1 ? 'call' : 'calls'}, ${String(tokenCount)} tokens`;
  const last = byToken.counts.at(-1) ?? 0;
  return axis === 'part' ? calls : `${calls}; ${String(last)} at the last token`;
}
