/**
 * Where methods that reason in words look while they write: attention on vision against text for the generated tokens
 * of their calls (the paper's explicit mode, beside the latent steps of attention.ts). Two curves: by the token's
 * position in its call, over the calls that are long enough; and over a call's length in equal parts, where every call
 * counts alike, however long. A tally takes one question after the other and keeps sums only.
 */
import type { ExplicitAttention, ExplicitCurve, MassCurve } from '../../shared/run-attention.ts';
import type { ModelCall } from '../../shared/trace.ts';
import type { Outcome } from './outcomes.ts';

/** Equal parts of a call's length. */
export const partCount = 20;

/** Masses of one call's generated tokens; both lists are as long as its output. */
export type TalliedCall = Pick<ModelCall, 'callIndex' | 'visionMasses' | 'textMasses'>;

export type ExplicitTally = Readonly<{
  /** Adds a question with its calls; `domain` is '' where there is none. Calls without tokens are not counted. */
  add: (outcome: Outcome, domain: string, calls: readonly TalliedCall[]) => void;
  /** @param purposes what the calls are for, by their index */
  result: (purposes: readonly string[]) => ExplicitAttention;
}>;

type Sums = { count: number; vision: number; text: number };

type CurveSums = { callCount: number; total: Sums; tokens: Sums[]; parts: Sums[] };

/** Curves by call index; null: all calls together. */
type GroupSums = Map<number | null, CurveSums>;

export function createExplicitTally(): ExplicitTally {
  const groups = { all: new Map() as GroupSums, right: new Map() as GroupSums, wrong: new Map() as GroupSums };
  const domains = new Map<string, GroupSums>();
  let questionCount = 0;
  return {
    add: (outcome, domain, calls) => {
      const spoken = calls.filter(({ visionMasses }) => visionMasses.length > 0);
      if (spoken.length === 0) return;
      questionCount += 1;
      const outcomeGroup = outcome === 'right' ? groups.right : outcome === 'failed' ? null : groups.wrong;
      for (const call of spoken) {
        const parts = partMeans(call);
        for (const group of outcomeGroup === null ? [groups.all] : [groups.all, outcomeGroup]) {
          addCall(group, null, call, parts);
          addCall(group, call.callIndex, call, parts);
        }
        if (domain !== '') addCall(domainGroup(domains, domain), null, call, parts);
      }
    },
    result: (purposes) => ({
      questionCount,
      all: curvesOf(groups.all, purposes),
      right: curvesOf(groups.right, purposes),
      wrong: curvesOf(groups.wrong, purposes),
      byDomain: [...domains]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .flatMap(([domain, group]) => curvesOf(group, purposes).map((curve) => ({ domain, ...curve }))),
    }),
  };
}

/**
 * Means of a list over `partCount` equal parts of its length: token i lies from i / n to (i + 1) / n and counts in a part
 * by what it shares with it, so a list of any length has a value in each.
 */
export function meansOfParts(values: readonly number[]): number[] {
  // A call's length is counted in n x 20 units: a token has 20, a part has n, and every bound is a whole number.
  const { length } = values;
  return Array.from({ length: partCount }, (_, part) => {
    const start = part * length;
    const end = start + length;
    let sum = 0;
    for (let index = Math.floor(start / partCount); index * partCount < end; index += 1) {
      const shared = Math.min(end, (index + 1) * partCount) - Math.max(start, index * partCount);
      sum += (values[index] ?? 0) * shared;
    }
    return sum / length;
  });
}

type PartMeans = Readonly<{ vision: readonly number[]; text: readonly number[] }>;

const partMeans = ({ visionMasses, textMasses }: TalliedCall): PartMeans => ({
  vision: meansOfParts(visionMasses),
  text: meansOfParts(textMasses),
});

function domainGroup(domains: Map<string, GroupSums>, domain: string): GroupSums {
  const known = domains.get(domain);
  if (known !== undefined) return known;
  const group: GroupSums = new Map();
  domains.set(domain, group);
  return group;
}

function addCall(
  group: GroupSums,
  callIndex: number | null,
  { visionMasses, textMasses }: TalliedCall,
  parts: PartMeans,
): void {
  let sums = group.get(callIndex);
  if (sums === undefined) {
    sums = { callCount: 0, total: noSums(), tokens: [], parts: [] };
    group.set(callIndex, sums);
  }
  sums.callCount += 1;
  for (const [index, vision] of visionMasses.entries()) {
    const text = textMasses[index] ?? 0;
    addTo((sums.tokens[index] ??= noSums()), vision, text);
    addTo(sums.total, vision, text);
  }
  for (const [part, vision] of parts.vision.entries()) {
    addTo((sums.parts[part] ??= noSums()), vision, parts.text[part] ?? 0);
  }
}

const noSums = (): Sums => ({ count: 0, vision: 0, text: 0 });

function addTo(sums: Sums, vision: number, text: number): void {
  sums.count += 1;
  sums.vision += vision;
  sums.text += text;
}

/** All calls together first, then each by its index. */
function curvesOf(group: GroupSums, purposes: readonly string[]): ExplicitCurve[] {
  return [...group]
    .sort(([a], [b]) => (a ?? -1) - (b ?? -1))
    .map(([callIndex, { callCount, total, tokens, parts }]) => ({
      callIndex,
      purpose: callIndex === null ? null : (purposes[callIndex] ?? null),
      callCount,
      tokenCount: total.count,
      visionMass: total.vision / total.count,
      textMass: total.text / total.count,
      byToken: massCurve(tokens),
      byPart: massCurve(parts),
    }));
}

const massCurve = (places: readonly Sums[]): MassCurve => ({
  counts: places.map(({ count }) => count),
  visionMass: places.map(({ count, vision }) => vision / count),
  textMass: places.map(({ count, text }) => text / count),
});
