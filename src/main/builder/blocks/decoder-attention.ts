/**
 * Grouped-query attention, written out so that every execution provider runs it for any batch, any cache length
 * and any mask, and so that the last row's probabilities can leave the graph (engine.md lists what fails otherwise).
 *
 *   x [B*S, D] ── q_proj ── rotate ──> q [B, Hkv, G*Sq, Dh] ┐
 *     ├──────── k_proj ── rotate ──> past ++ k [B, Hkv, T, Dh] ── MatMul ── + bias ── Softmax ── MatMul ── o_proj ──> [B*Sq, D]
 *     └──────── v_proj ───────────> past ++ v [B, Hkv, T, Dh] ─────────────────────────────────────┘
 *
 * G = H / Hkv query heads share a key-value head, so keys are never repeated. In the last layer only the last
 * position asks (Sq = 1): nothing else of that layer's output is ever used, its keys and values still are.
 *
 * The cache comes and goes in one of two layouts. `heads-first`: past [B, Hkv, P, Dh] and all of it, new positions
 * included, for a device that keeps it. `positions-first`: past [P, B, Hkv, Dh] and the new positions alone, which
 * whoever owns the cache appends behind the others without moving them.
 */
import type { AttentionStyle } from '../../checkpoint/decoder-tensors.ts';
import type { GraphBuilder } from '../graph/graph-builder.ts';
import type { Value } from '../graph/graph.ts';
import { linear, type LinearEncoding } from '../ops/linear.ts';
import { headNorm } from '../ops/normalise.ts';
import { rotate, type RotaryTables } from '../ops/rotary.ts';
import type { QueryContext } from './query-context.ts';

export type AttentionDimensions = Readonly<{
  hiddenSize: number;
  headCount: number;
  keyValueHeadCount: number;
  headSize: number;
}>;

export type CacheLayout = 'heads-first' | 'positions-first';

export type AttentionInputs = Readonly<{
  /** Rows that give keys and values, [B*S, D], and their positions. */
  x: Value;
  rotary: RotaryTables;
  /** [B, S, -1] int64 */
  batchShape: Value;
  /** Rows that ask, [B*Sq, D]. */
  query: Value;
  queryContext: QueryContext;
  cacheLayout: CacheLayout;
  pastKey: Value;
  pastValue: Value;
}>;

export type AttentionOutputs = Readonly<{
  /** [B*Sq, D] */
  output: Value;
  /** What the cache's owner gets: [B, Hkv, T, Dh] heads first, [S, B, Hkv, Dh] positions first. */
  presentKey: Value;
  presentValue: Value;
  /** Mean over heads of the last row's probabilities, [B, 1, T]. */
  lastRow: Value;
}>;

export function decoderAttention(
  graph: GraphBuilder,
  path: string,
  prefix: string,
  inputs: AttentionInputs,
  dims: AttentionDimensions,
  style: AttentionStyle,
  encoding: LinearEncoding,
): AttentionOutputs {
  const { hiddenSize, headCount, keyValueHeadCount, headSize } = dims;
  const querySize = headCount * headSize;
  const keyValueSize = keyValueHeadCount * headSize;
  const project = (name: string, x: Value, inputSize: number, outputSize: number, bias: boolean) =>
    linear(graph, `${path}/${name}`, x, {
      weight: `${prefix}.${name}.weight`,
      bias: bias ? `${prefix}.${name}.bias` : null,
      inputSize,
      outputSize,
      encoding,
    });
  const { queryContext: context } = inputs;

  const q3 = graph.node(`${path}/q/batch`, 'Reshape', [
    project('q_proj', inputs.query, hiddenSize, querySize, style.projectionBias),
    context.batchShape,
  ]);
  const k3 = graph.node(`${path}/k/batch`, 'Reshape', [
    project('k_proj', inputs.x, hiddenSize, keyValueSize, style.projectionBias),
    inputs.batchShape,
  ]);
  const v3 = graph.node(`${path}/v/batch`, 'Reshape', [
    project('v_proj', inputs.x, hiddenSize, keyValueSize, style.projectionBias),
    inputs.batchShape,
  ]);

  const rotated = (name: 'q' | 'k', x: Value, rotary: RotaryTables, heads: number): Value => {
    const normalised = style.queryKeyNorm
      ? headNorm(graph, `${path}/${name}_norm`, x, `${prefix}.${name}_norm`, heads, headSize)
      : x;
    return rotate(graph, `${path}/${name}/rotary`, normalised, rotary, heads);
  };
  const q = toHeads(graph, `${path}/q`, rotated('q', q3, context.rotary, headCount), headCount, headSize);
  const cached = (name: string, past: Value, x: Value) =>
    withPast(graph, `${path}/${name}`, inputs.cacheLayout, past, x, keyValueHeadCount, headSize);
  const key = cached('k', inputs.pastKey, rotated('k', k3, inputs.rotary, keyValueHeadCount));
  const value = cached('v', inputs.pastValue, v3);

  // Scale the queries before the product: smaller intermediate values than scaling the scores.
  const scaled = graph.node(`${path}/q/scaled`, 'Mul', [q, graph.float(`${path}/scale`, 1 / Math.sqrt(headSize))]);
  const grouped = graph.node(`${path}/q/grouped`, 'Reshape', [
    scaled,
    graph.integers([0, keyValueHeadCount, -1, headSize]),
  ]);
  const keyTransposed = graph.node(`${path}/k/transposed`, 'Transpose', [key.all], {
    attributes: { perm: { ints: [0, 1, 3, 2] } },
  });
  const scores = graph.node(`${path}/scores`, 'MatMul', [grouped, keyTransposed]);
  const scores5 = graph.node(`${path}/scores/grouped`, 'Reshape', [scores, context.groupedShape]);
  const biased = graph.node(`${path}/scores/biased`, 'Add', [scores5, context.bias]);
  const probabilities = graph.node(`${path}/probabilities`, 'Softmax', [biased], { attributes: { axis: { int: -1 } } });

  const flat = graph.node(`${path}/probabilities/flat`, 'Reshape', [probabilities, context.flatShape]);
  const mixed = graph.node(`${path}/mixed`, 'MatMul', [flat, value.all]);
  const heads = graph.node(`${path}/mixed/heads`, 'Reshape', [mixed, graph.integers([0, headCount, -1, headSize])]);
  const byPosition = graph.node(`${path}/mixed/by_position`, 'Transpose', [heads], {
    attributes: { perm: { ints: [0, 2, 1, 3] } },
  });
  const rows = graph.node(`${path}/mixed/rows`, 'Reshape', [byPosition, graph.integers([-1, querySize])]);
  const output = project('o_proj', rows, querySize, hiddenSize, false);

  const last = graph.node(`${path}/last_row/slice`, 'Slice', [
    probabilities,
    graph.integers([-1]),
    graph.integers([Number.MAX_SAFE_INTEGER]),
    graph.integers([3]),
  ]);
  const mean = graph.node(`${path}/last_row/mean`, 'ReduceMean', [last, graph.integers([1, 2, 3])], {
    attributes: { keepdims: { int: 0 } },
  });
  const lastRow = graph.node(`${path}/last_row`, 'Unsqueeze', [mean, graph.integers([1])]);
  return { output, presentKey: key.present, presentValue: value.present, lastRow };
}

/** x [B, S, Hkv * Dh] behind the past: all of it as [B, Hkv, T, Dh], and what the cache's owner gets. */
function withPast(
  graph: GraphBuilder,
  path: string,
  layout: CacheLayout,
  past: Value,
  x: Value,
  headCount: number,
  headSize: number,
): { all: Value; present: Value } {
  if (layout === 'heads-first') {
    const heads = toHeads(graph, path, x, headCount, headSize);
    const present = graph.node(`${path}/present`, 'Concat', [past, heads], { attributes: { axis: { int: 2 } } });
    return { all: present, present };
  }
  const split = graph.node(`${path}/heads`, 'Reshape', [x, graph.integers([0, 0, headCount, headSize])]);
  const present = graph.node(`${path}/by_position`, 'Transpose', [split], {
    attributes: { perm: { ints: [1, 0, 2, 3] } },
  });
  const positions = graph.node(`${path}/present`, 'Concat', [past, present], { attributes: { axis: { int: 0 } } });
  const all = graph.node(`${path}/by_head`, 'Transpose', [positions], { attributes: { perm: { ints: [1, 2, 0, 3] } } });
  return { all, present };
}

/** [B, S, heads * Dh] -> [B, heads, S, Dh] */
function toHeads(graph: GraphBuilder, path: string, x: Value, headCount: number, headSize: number): Value {
  const split = graph.node(`${path}/heads`, 'Reshape', [x, graph.integers([0, 0, headCount, headSize])]);
  return graph.node(`${path}/by_head`, 'Transpose', [split], { attributes: { perm: { ints: [0, 2, 1, 3] } } });
}
