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

/** Sums at successive places. */
type PlaceSums = { counts: number[]; vision: number[]; text: number[] };

type CallSums = { callCount: number; tokens: PlaceSums; parts: PlaceSums };

/** Sums by call index. */
type GroupSums = Map<number, CallSums>;

export function createExplicitTally(): ExplicitTally {
  // Every token is added to one outcome and one domain; what holds for all of them is added up at the end.
  const groups = { right: new Map() as GroupSums, wrong: new Map() as GroupSums, failed: new Map() as GroupSums };
  const domains = new Map<string, CallSums>();
  let questionCount = 0;
  return {
    add: (outcome, domain, calls) => {
      const spoken = calls.filter(({ visionMasses }) => visionMasses.length > 0);
      if (spoken.length === 0) return;
      questionCount += 1;
      const group = groups[outcome === 'right' || outcome === 'failed' ? outcome : 'wrong'];
      for (const call of spoken) {
        const parts = [meansOfParts(call.visionMasses), meansOfParts(call.textMasses)] as const;
        addCall(sumsOf(group, call.callIndex), call, parts);
        if (domain !== '') addCall(sumsOf(domains, domain), call, parts);
      }
    },
    result: (purposes) => {
      const curves = (...of: readonly GroupSums[]): ExplicitCurve[] => curvesOf(mergedByCall(of), purposes);
      return {
        questionCount,
        all: curves(groups.right, groups.wrong, groups.failed),
        right: curves(groups.right),
        wrong: curves(groups.wrong),
        byDomain: [...domains]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([domain, sums]) => ({ domain, ...curveOf(null, null, sums) })),
      };
    },
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

const noPlaces = (): PlaceSums => ({ counts: [], vision: [], text: [] });
const noCalls = (): CallSums => ({ callCount: 0, tokens: noPlaces(), parts: noPlaces() });

function sumsOf<Key>(all: Map<Key, CallSums>, key: Key): CallSums {
  const known = all.get(key);
  if (known !== undefined) return known;
  const sums = noCalls();
  all.set(key, sums);
  return sums;
}

function addCall(
  sums: CallSums,
  { visionMasses, textMasses }: TalliedCall,
  [visionParts, textParts]: readonly [vision: readonly number[], text: readonly number[]],
): void {
  sums.callCount += 1;
  addPlaces(sums.tokens, visionMasses, textMasses);
  addPlaces(sums.parts, visionParts, textParts);
}

/** @param counts of each place; 1 where they are missing */
function addPlaces(
  sums: PlaceSums,
  vision: readonly number[],
  text: readonly number[],
  counts: readonly number[] | null = null,
): void {
  for (let place = 0; place < vision.length; place += 1) {
    sums.counts[place] = (sums.counts[place] ?? 0) + (counts?.[place] ?? 1);
    sums.vision[place] = (sums.vision[place] ?? 0) + (vision[place] ?? 0);
    sums.text[place] = (sums.text[place] ?? 0) + (text[place] ?? 0);
  }
}

function merged(all: readonly CallSums[]): CallSums {
  const sums = noCalls();
  for (const { callCount, tokens, parts } of all) {
    sums.callCount += callCount;
    addPlaces(sums.tokens, tokens.vision, tokens.text, tokens.counts);
    addPlaces(sums.parts, parts.vision, parts.text, parts.counts);
  }
  return sums;
}

function mergedByCall(groups: readonly GroupSums[]): GroupSums {
  const entries = groups.flatMap((group) => [...group]);
  return new Map(
    [...Map.groupBy(entries, ([callIndex]) => callIndex)]
      .sort(([a], [b]) => a - b)
      .map(([callIndex, same]) => [callIndex, merged(same.map(([, sums]) => sums))]),
  );
}

/** All calls together first, then each by its index. */
const curvesOf = (group: GroupSums, purposes: readonly string[]): ExplicitCurve[] =>
  group.size === 0
    ? []
    : [
        curveOf(null, null, merged([...group.values()])),
        ...[...group].map(([callIndex, sums]) => curveOf(callIndex, purposes[callIndex] ?? null, sums)),
      ];

function curveOf(callIndex: number | null, purpose: string | null, sums: CallSums): ExplicitCurve {
  const { callCount, tokens, parts } = sums;
  const tokenCount = total(tokens.counts);
  return {
    callIndex,
    purpose,
    callCount,
    tokenCount,
    visionMass: total(tokens.vision) / tokenCount,
    textMass: total(tokens.text) / tokenCount,
    byToken: massCurve(tokens),
    byPart: massCurve(parts),
  };
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

const massCurve = ({ counts, vision, text }: PlaceSums): MassCurve => ({
  counts,
  visionMass: vision.map((sum, place) => sum / (counts[place] ?? 0)),
  textMass: text.map((sum, place) => sum / (counts[place] ?? 0)),
});
