/** Choosing a token as transformers' own processors do it (values: trainer/golden/make_sampling.py). */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { argmax } from '../../src/main/engine/generate.ts';
import { chooseToken, drawToken, processLogits, type Sampling } from '../../src/main/engine/sampling.ts';

const numberSchema = z.union([
  z.number(),
  z.enum(['inf', '-inf']).transform((text) => (text === 'inf' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY)),
]);
const samplingSchema = z.object({ temperature: z.number(), topP: z.number(), repetitionPenalty: z.number() });
const drawsSchema = z.array(z.tuple([z.number(), z.int()]));
const golden = z
  .object({
    small: z.array(
      z.object({
        name: z.string(),
        sampling: samplingSchema,
        logits: z.array(numberSchema),
        seenTokens: z.array(z.int()),
        processed: z.array(numberSchema),
        argmax: z.int(),
        draws: drawsSchema,
      }),
    ),
    large: z.array(
      z.object({
        size: z.int(),
        seed: z.int(),
        power: z.int(),
        scale: z.number(),
        sampling: samplingSchema,
        seenTokens: z.array(z.int()),
        keptCount: z.int(),
        keptSha256: z.string(),
        processedSha256: z.string(),
        draws: drawsSchema,
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL('../golden/engine/sampling.json', import.meta.url), 'utf8')));

/** The golden script's logits: x -> (1103515245 x + 12345) mod 2^31, u = x / 2^31, scale * u^power. */
function congruentialLogits({ size, seed, power, scale }: (typeof golden.large)[number]): Float32Array {
  let x = seed;
  return Float32Array.from({ length: size }, () => {
    x = (Math.imul(1_103_515_245, x) + 12_345) & 0x7fffffff;
    let product = scale;
    for (let i = 0; i < power; i++) product *= x / 2 ** 31;
    return product;
  });
}

function sha256(values: Float32Array | Int32Array): string {
  return createHash('sha256').update(new Uint8Array(values.buffer)).digest('hex');
}

describe('on small vocabularies', () => {
  const cases = golden.small.map((entry) => ({ ...entry, title: `${entry.name}, ${JSON.stringify(entry.sampling)}` }));
  it.each(cases)('$title', ({ logits, seenTokens, sampling, processed, draws, ...entry }) => {
    const given = Float32Array.from(logits);
    const seen = new Set(seenTokens);
    const found = processLogits(given, seen, sampling);
    expect(Array.from(found, (value) => value + 0)).toEqual(processed.map((value) => Math.fround(value) + 0));
    expect(argmax(found)).toBe(entry.argmax);
    for (const [uniform, token] of draws) {
      expect(drawToken(found, uniform), `${uniform}`).toBe(token);
      expect(chooseToken(given, seen, sampling, () => uniform)).toBe(token);
    }
    expect(given).toEqual(Float32Array.from(logits));
  });
});

describe('on vocabularies up to Qwen2-VL-7B’s', () => {
  it.each(golden.large)('$size logits of $scale u^$power, $sampling', (entry) => {
    const found = processLogits(congruentialLogits(entry), new Set(entry.seenTokens), entry.sampling);
    const kept = Int32Array.from([...found.keys()].filter((token) => Number.isFinite(found[token])));
    expect(kept.length).toBe(entry.keptCount);
    expect(sha256(kept)).toBe(entry.keptSha256);
    expect(sha256(found)).toBe(entry.processedSha256);
    for (const [uniform, token] of entry.draws) expect(drawToken(found, uniform), `${uniform}`).toBe(token);
  });
});

/** Top-p by a full ascending sort, as the reference has it. */
function keptByFullSort(logits: Float32Array, topP: number): Set<number> {
  const order = [...logits.keys()].sort((a, b) => (logits[a] ?? 0) - (logits[b] ?? 0) || a - b);
  const largest = logits[order.at(-1) ?? 0] ?? 0;
  const weights = logits.map((logit) => Math.exp(-Math.fround(largest - logit)));
  const sum = Math.fround(weights.reduce((total, weight) => total + weight, 0));
  let cumulative = 0;
  const kept = order.filter((token) => {
    cumulative += Math.fround((weights[token] ?? 0) / sum);
    return Math.fround(cumulative) > Math.fround(1 - topP);
  });
  return new Set([...kept, order.at(-1) ?? 0]);
}

describe('the nucleus', () => {
  it('is that of a full sort for 2,000 random distributions', () => {
    let x = 99;
    const random = (): number => (x = (Math.imul(1_103_515_245, x) + 12_345) & 0x7fffffff) / 2 ** 31;
    for (let trial = 0; trial < 2000; trial++) {
      const spread = 10 ** (4 * random() - 2);
      // Every third trial has few different values, so that ties meet the limit.
      const round = trial % 3 === 0 ? Math.round : (value: number): number => value;
      const logits = Float32Array.from({ length: 2 + Math.floor(300 * random()) }, () => round(4 * random()) * spread);
      const topP = Math.max(0.001, random());
      const found = processLogits(logits, new Set(), { temperature: 1, topP, repetitionPenalty: 1 });
      const kept = new Set([...found.keys()].filter((token) => Number.isFinite(found[token])));
      expect(kept, `trial ${trial}`).toEqual(keptByFullSort(logits, topP));
    }
  });

  it('of logits that are no numbers, or overflow, ends', () => {
    const sampling: Sampling = { temperature: 0.8, topP: 0.9, repetitionPenalty: 1.05 };
    expect(chooseToken(new Float32Array(5).fill(Number.NaN), new Set([1]), sampling, () => 0.5)).toBeLessThan(5);
    const one = Float32Array.of(Number.NaN, Number.NaN, 2, Number.NaN);
    expect(chooseToken(one, new Set(), sampling, () => 0.999)).toBe(2);
    const overflowing = Float32Array.of(1e30, 3e38, -3e38, 5);
    for (const topP of [0.9, 1]) {
      expect(chooseToken(overflowing, new Set(), { ...sampling, topP }, () => 0)).toBe(1);
    }
  });
});

describe('greedy decoding', () => {
  it('heeds the penalty and asks for no number', () => {
    const never = (): number => {
      throw new Error('asked');
    };
    const sampling: Sampling = { temperature: 0, topP: 0.1, repetitionPenalty: 2 };
    expect(chooseToken(Float32Array.of(3, 2, -1), new Set([0]), sampling, never)).toBe(1);
    expect(chooseToken(Float32Array.of(-3, -2, -5), new Set([1, 77]), sampling, never)).toBe(0);
  });
});

describe('drawToken', () => {
  it('never takes a removed token, and the last that stays for the largest number', () => {
    const low = Number.NEGATIVE_INFINITY;
    const processed = Float32Array.of(low, 0, low, 0, low);
    expect([0, 0.25, 0.5, 0.75, 1 - 2 ** -53].map((uniform) => drawToken(processed, uniform))).toEqual([1, 1, 3, 3, 3]);
  });
});
