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

/** Chameleon's epsilon of the norms of queries and keys (transformers: fixed, not configurable). */
const headNormEpsilon = 1e-5;

/**
 * Layer norm of each head on its own, with weights and biases [heads, Dh] of each head: x [B, S, heads * Dh] -> the same
 * shape. The statistics are over Dh alone, so the weights are multiplied afterwards.
 */
export function headNorm(
  graph: GraphBuilder,
  path: string,
  x: Value,
  prefix: string,
  headCount: number,
  headSize: number,
): Value {
  const heads = graph.node(`${path}/heads`, 'Reshape', [x, graph.integers([0, 0, headCount, headSize])]);
  const one = graph.floats(`${path}/one`, new Float32Array(headSize).fill(1));
  const normalised = graph.node(`${path}/normalised`, 'LayerNormalization', [heads, one], {
    attributes: { axis: { int: -1 }, epsilon: { float: headNormEpsilon } },
  });
  const scaled = graph.node(`${path}/scaled`, 'Mul', [
    normalised,
    graph.parameter(`${prefix}.weight`, [headCount, headSize]),
  ]);
  const shifted = graph.node(`${path}/shifted`, 'Add', [
    scaled,
    graph.parameter(`${prefix}.bias`, [headCount, headSize]),
  ]);
  return graph.node(path, 'Reshape', [shifted, graph.integers([0, 0, headCount * headSize])]);
}

/**
 * Group norm with weights [C] over the channels and places of each group: x [B, C, height, width] -> the same shape.
 * Written as an instance norm of the groups, which every provider has.
 */
export function groupNorm(
  graph: GraphBuilder,
  path: string,
  x: Value,
  prefix: string,
  sizes: Readonly<{ groupCount: number; channelCount: number; height: number; width: number }>,
  epsilon: number,
): Value {
  const { groupCount, channelCount, height, width } = sizes;
  const grouped = graph.node(`${path}/groups`, 'Reshape', [x, graph.integers([0, groupCount, -1])]);
  const normalised = graph.node(
    `${path}/normalised`,
    'InstanceNormalization',
    [
      grouped,
      graph.floats(`${path}/one`, new Float32Array(groupCount).fill(1)),
      graph.floats(`${path}/zero`, new Float32Array(groupCount)),
    ],
    { attributes: { epsilon: { float: epsilon } } },
  );
  const restored = graph.node(`${path}/places`, 'Reshape', [
    normalised,
    graph.integers([0, channelCount, height, width]),
  ]);
  const perChannel = (name: 'weight' | 'bias') =>
    graph.node(`${path}/${name}`, 'Reshape', [
      graph.parameter(`${prefix}.${name}`, [channelCount]),
      graph.integers([channelCount, 1, 1]),
    ]);
  const scaled = graph.node(`${path}/scaled`, 'Mul', [restored, perChannel('weight')]);
  return graph.node(path, 'Add', [scaled, perChannel('bias')]);
}
