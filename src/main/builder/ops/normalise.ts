/** Normalisation layers; all in float32, because Qwen2-VL's activations overflow lower precisions. */
import type { GraphBuilder } from '../graph/graph-builder.ts';
import type { Value } from '../graph/graph.ts';

/** RMS norm over the last axis: x [.., D] -> [.., D]. */
export function rmsNorm(
  graph: GraphBuilder,
  path: string,
  x: Value,
  weight: string,
  size: number,
  epsilon: number,
): Value {
  return graph.node(path, 'SimplifiedLayerNormalization', [x, graph.parameter(weight, [size])], {
    attributes: { axis: { int: -1 }, epsilon: { float: epsilon }, stash_type: { int: 1 } },
  });
}

/** Adds two residual branches and normalises the sum: returns the sum and its RMS norm, each [M, D]. */
export function addRmsNorm(
  graph: GraphBuilder,
  path: string,
  x: Value,
  branch: Value,
  weight: string,
  size: number,
  epsilon: number,
): { sum: Value; normalised: Value } {
  const [normalised, , , sum] = graph.nodes(
    path,
    'SkipSimplifiedLayerNormalization',
    [x, branch, graph.parameter(weight, [size])],
    [`${path}/output_0`, '', '', `${path}/output_3`],
    { domain: 'com.microsoft', attributes: { epsilon: { float: epsilon } } },
  );
  if (normalised === undefined || sum === undefined) throw new Error(`${path} has no output`);
  return { sum, normalised };
}

/** Layer norm with bias over the last axis: x [.., D] -> [.., D]. */
export function layerNorm(
  graph: GraphBuilder,
  path: string,
  x: Value,
  prefix: string,
  size: number,
  epsilon: number,
): Value {
  const weight = graph.parameter(`${prefix}.weight`, [size]);
  const bias = graph.parameter(`${prefix}.bias`, [size]);
  return graph.node(path, 'LayerNormalization', [x, weight, bias], {
    attributes: { axis: { int: -1 }, epsilon: { float: epsilon } },
  });
}
