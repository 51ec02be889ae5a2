/** The decoder's gated feed-forward: down(silu(gate(x)) * up(x)), x [M, D] -> [M, D]. */
import type { GraphBuilder } from '../graph/graph-builder.ts';
import type { Value } from '../graph/graph.ts';
import { linear, type LinearEncoding } from '../ops/linear.ts';

export function swiglu(
  graph: GraphBuilder,
  path: string,
  prefix: string,
  x: Value,
  sizes: Readonly<{ hiddenSize: number; intermediateSize: number }>,
  encoding: LinearEncoding,
): Value {
  const { hiddenSize, intermediateSize } = sizes;
  const project = (name: string, input: Value, inputSize: number, outputSize: number, wideInput = false) =>
    linear(graph, `${path}/${name}`, input, {
      weight: `${prefix}.${name}.weight`,
      bias: null,
      inputSize,
      outputSize,
      encoding,
      wideInput,
    });
  const gate = project('gate_proj', x, hiddenSize, intermediateSize);
  const up = project('up_proj', x, hiddenSize, intermediateSize);
  // QuickGelu with alpha 1 is x * sigmoid(x): SiLU as one kernel.
  const activated = graph.node(`${path}/silu`, 'QuickGelu', [gate], {
    domain: 'com.microsoft',
    attributes: { alpha: { float: 1 } },
  });
  const gated = graph.node(`${path}/gated`, 'Mul', [activated, up]);
  return project('down_proj', gated, intermediateSize, hiddenSize, true);
}
