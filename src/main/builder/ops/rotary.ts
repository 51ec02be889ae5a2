/**
 * Rotary position embedding by tables that the caller computes, one row for each position of each batch row: so
 * plain RoPE, mRoPE and the vision tower's 2-D RoPE are one graph.
 */
import type { GraphBuilder } from '../graph/graph-builder.ts';
import type { Value } from '../graph/graph.ts';

/** Rows of the tables belonging to each position: `index` [B, S] int64, tables [B * S, Dh / 2] float32. */
export type RotaryTables = Readonly<{ cos: Value; sin: Value; index: Value }>;

/** x [B, S, heads * Dh] -> the same shape, halves rotated (not interleaved). */
export function rotate(graph: GraphBuilder, path: string, x: Value, tables: RotaryTables, headCount: number): Value {
  return graph.node(path, 'RotaryEmbedding', [x, tables.index, tables.cos, tables.sin], {
    domain: 'com.microsoft',
    attributes: { interleaved: { int: 0 }, num_heads: { int: headCount }, rotary_embedding_dim: { int: 0 } },
  });
}
