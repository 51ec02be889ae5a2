/**
 * What the positions that ask have in common in every layer: rotary rows, reshape targets, mask. Shapes that follow
 * the batch come in as inputs: worked out inside the graph, they would be nodes that only the CPU runs.
 */
import type { GraphBuilder } from '../graph/graph-builder.ts';
import type { Value } from '../graph/graph.ts';
import type { RotaryTables } from '../ops/rotary.ts';

/** Shapes and masks of one set of query positions, shared by the layers. */
export type QueryContext = Readonly<{
  rotary: RotaryTables;
  /** [B, Sq, -1] int64 */
  batchShape: Value;
  /** [B, Hkv, G, Sq, T] int64 */
  groupedShape: Value;
  /** [B, Hkv, G * Sq, T] int64 */
  flatShape: Value;
  /** [B, 1, 1, Sq, T] float32: 0 where a query sees a key, a large negative number elsewhere. */
  bias: Value;
}>;

export type HeadSizes = Readonly<{ headCount: number; keyValueHeadCount: number; headSize: number }>;

/** Every position asks; `shape_rows` [3], `shape_grouped` [5] and `shape_flat` [4] are inputs. */
export function allPositions(graph: GraphBuilder, rotary: RotaryTables, bias: Value): QueryContext {
  return {
    rotary,
    batchShape: graph.input('shape_rows', 'int64', [3]),
    groupedShape: graph.input('shape_grouped', 'int64', [5]),
    flatShape: graph.input('shape_flat', 'int64', [4]),
    bias: graph.node('/all/bias', 'Unsqueeze', [bias, graph.integers([2])]),
  };
}

/** Only the last position of each row asks (Sq = 1): its shapes need nothing but the sizes of the heads. */
export function lastPosition(
  graph: GraphBuilder,
  path: string,
  rotary: RotaryTables,
  bias: Value,
  { headCount, keyValueHeadCount, headSize }: HeadSizes,
): QueryContext {
  const last = graph.node(`${path}/bias/slice`, 'Slice', [
    bias,
    graph.integers([-1]),
    graph.integers([Number.MAX_SAFE_INTEGER]),
    graph.integers([2]),
  ]);
  return {
    rotary,
    batchShape: graph.integers([-1, 1, headCount * headSize]),
    groupedShape: graph.integers([0, keyValueHeadCount, headCount / keyValueHeadCount, 1, -1]),
    flatShape: graph.integers([0, 0, 0, -1]),
    bias: graph.node(`${path}/bias`, 'Unsqueeze', [last, graph.integers([2])]),
  };
}
