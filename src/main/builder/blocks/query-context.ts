/** What the positions that ask have in common in every layer: rotary rows, reshape targets, mask. */
import type { GraphBuilder } from '../graph/graph-builder.ts';
import type { Value } from '../graph/graph.ts';
import type { RotaryTables } from '../ops/rotary.ts';

/** Shapes and masks of one set of query positions, computed once and shared by the layers. */
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

/** From tables [B, Sq, Dh / 2] and mask [B, 1, Sq, T]; all shapes are read when the graph runs. */
export function queryContext(
  graph: GraphBuilder,
  path: string,
  cos: Value,
  sin: Value,
  bias: Value,
  { headCount, keyValueHeadCount, headSize }: HeadSizes,
): QueryContext {
  const dims = (name: string, x: Value, start: number, end: number) =>
    graph.node(`${path}/shape/${name}`, 'Shape', [x], { attributes: { start: { int: start }, end: { int: end } } });
  const join = (name: string, parts: Value[]) =>
    graph.node(`${path}/shape/${name}`, 'Concat', parts, { attributes: { axis: { int: 0 } } });
  const positions = dims('positions', cos, 0, 2);
  const batch = dims('batch', bias, 0, 1);
  const keys = dims('keys', bias, 3, 4);
  const count = graph.node(`${path}/count`, 'ReduceProd', [positions, graph.integers([0])], {
    attributes: { keepdims: { int: 0 } },
  });
  const range = graph.node(`${path}/range`, 'Range', [graph.integers([0], true), count, graph.integers([1], true)]);
  const rows = graph.integers([-1, headSize / 2]);
  return {
    rotary: {
      cos: graph.node(`${path}/rope_cos`, 'Reshape', [cos, rows]),
      sin: graph.node(`${path}/rope_sin`, 'Reshape', [sin, rows]),
      index: graph.node(`${path}/index`, 'Reshape', [range, positions]),
    },
    batchShape: join('rows', [positions, graph.integers([-1])]),
    groupedShape: join('grouped', [
      batch,
      graph.integers([keyValueHeadCount, headCount / keyValueHeadCount, -1]),
      keys,
    ]),
    flatShape: join('flat', [batch, graph.integers([keyValueHeadCount, -1]), keys]),
    bias: graph.node(`${path}/bias`, 'Unsqueeze', [bias, graph.integers([2])]),
  };
}
