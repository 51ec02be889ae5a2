/**
 * Qwen2-VL's vision tower for a batch of images of one size.
 *
 *   pixel_values [B,Np,C*T*P*P] ─ patch_embed ─ depth x (LN, attention, LN, QuickGELU MLP) ─ LN ─ 2x2 merge ─ MLP ─> image_embeds [B,J,D]
 *   rope_cos, rope_sin [Np,Dh/2], rope_index [B,Np] · shape_rows [B,Np,-1], shape_images [B,J,D]: worked out inside, only the CPU would run them
 *
 * Patches come in merge-grouped order (four neighbours follow each other), so the merge is a reshape. Attention is
 * full inside one image, without a mask, and nobody looks at its probabilities. `fused`: one kernel, which never holds
 * all Np x Np scores of a head. `written-out`: it does; for WebGPU, whose fused kernel is wrong from 32 positions on
 * (seen with onnxruntime-node 1.30.0: off by 3 to 7 %).
 */
import type { TextDimensions, VisionDimensions } from '../../../../shared/bundle.ts';
import { GraphBuilder } from '../../../builder/graph/graph-builder.ts';
import type { Graph, Value } from '../../../builder/graph/graph.ts';
import { linear, type LinearEncoding } from '../../../builder/ops/linear.ts';
import { layerNorm } from '../../../builder/ops/normalise.ts';
import { rotate, type RotaryTables } from '../../../builder/ops/rotary.ts';

/** Qwen2-VL's vision LayerNorm epsilon (transformers: fixed at 1e-6, not configurable). */
const layerNormEpsilon = 1e-6;

export type VisionAttention = 'fused' | 'written-out';

export function qwen2VlVision(
  vision: VisionDimensions,
  text: TextDimensions,
  encoding: LinearEncoding,
  attention: VisionAttention,
): Graph {
  const { embedDim, depth, headCount, intermediateSize, spatialMergeSize, patchSize, temporalPatchSize, channelCount } =
    vision;
  const pixelSize = channelCount * temporalPatchSize * patchSize * patchSize;
  const mergedSize = embedDim * spatialMergeSize * spatialMergeSize;
  const graph = new GraphBuilder('qwen2-vl-vision');
  const pixels = graph.input('pixel_values', 'float32', ['B', 'Np', pixelSize]);
  const rotary: RotaryTables = {
    cos: graph.input('rope_cos', 'float32', ['Np', embedDim / headCount / 2]),
    sin: graph.input('rope_sin', 'float32', ['Np', embedDim / headCount / 2]),
    // Written out: from one offset (which the operator allows) WebGPU's kernel computes something else.
    index: graph.input('rope_index', 'int64', ['B', 'Np']),
  };
  const batchShape = graph.input('shape_rows', 'int64', [3]);
  const imagesShape = graph.input('shape_images', 'int64', [3]);

  let x = linear(
    graph,
    '/visual/patch_embed',
    graph.node('/visual/pixels', 'Reshape', [pixels, graph.integers([-1, pixelSize])]),
    {
      weight: 'visual.patch_embed.proj.weight',
      bias: null,
      inputSize: pixelSize,
      outputSize: embedDim,
      encoding,
    },
  );
  for (let block = 0; block < depth; block++) {
    const path = `/visual/blocks.${block}`;
    const prefix = `visual.blocks.${block}`;
    const attended = attentionBlock(
      graph,
      `${path}/attn`,
      `${prefix}.attn`,
      layerNorm(graph, `${path}/norm1`, x, `${prefix}.norm1`, embedDim, layerNormEpsilon),
      { embedDim, headCount, rotary, batchShape, encoding, attention },
    );
    x = graph.node(`${path}/attn/residual`, 'Add', [x, attended]);
    const fc1 = linear(
      graph,
      `${path}/mlp/fc1`,
      layerNorm(graph, `${path}/norm2`, x, `${prefix}.norm2`, embedDim, layerNormEpsilon),
      {
        weight: `${prefix}.mlp.fc1.weight`,
        bias: `${prefix}.mlp.fc1.bias`,
        inputSize: embedDim,
        outputSize: intermediateSize,
        encoding,
      },
    );
    const activated = graph.node(`${path}/mlp/quick_gelu`, 'QuickGelu', [fc1], {
      domain: 'com.microsoft',
      attributes: { alpha: { float: 1.702 } },
    });
    const fc2 = linear(graph, `${path}/mlp/fc2`, activated, {
      weight: `${prefix}.mlp.fc2.weight`,
      bias: `${prefix}.mlp.fc2.bias`,
      inputSize: intermediateSize,
      outputSize: embedDim,
      encoding,
      wideInput: true,
    });
    x = graph.node(`${path}/mlp/residual`, 'Add', [x, fc2]);
  }

  const normalised = layerNorm(graph, '/visual/merger/ln_q', x, 'visual.merger.ln_q', embedDim, layerNormEpsilon);
  const grouped = graph.node('/visual/merger/grouped', 'Reshape', [normalised, graph.integers([-1, mergedSize])]);
  const hidden = linear(graph, '/visual/merger/mlp.0', grouped, {
    weight: 'visual.merger.mlp.0.weight',
    bias: 'visual.merger.mlp.0.bias',
    inputSize: mergedSize,
    outputSize: mergedSize,
    encoding,
  });
  const activated = graph.node('/visual/merger/gelu', 'Gelu', [hidden]);
  const merged = linear(graph, '/visual/merger/mlp.2', activated, {
    weight: 'visual.merger.mlp.2.weight',
    bias: 'visual.merger.mlp.2.bias',
    inputSize: mergedSize,
    outputSize: text.hiddenSize,
    encoding,
    wideInput: true,
  });
  graph.output('image_embeds', graph.node('/visual/batched', 'Reshape', [merged, imagesShape]), 'float32', [
    'B',
    'J',
    text.hiddenSize,
  ]);
  return graph.build();
}

/** x [B*Np, E] -> [B*Np, E] */
function attentionBlock(
  graph: GraphBuilder,
  path: string,
  prefix: string,
  x: Value,
  options: Readonly<{
    embedDim: number;
    headCount: number;
    rotary: RotaryTables;
    batchShape: Value;
    encoding: LinearEncoding;
    attention: VisionAttention;
  }>,
): Value {
  const { embedDim, headCount, rotary, batchShape, encoding, attention } = options;
  const qkv = linear(graph, `${path}/qkv`, x, {
    weight: `${prefix}.qkv.weight`,
    bias: `${prefix}.qkv.bias`,
    inputSize: embedDim,
    outputSize: 3 * embedDim,
    encoding,
  });
  const batched = graph.node(`${path}/qkv/batched`, 'Reshape', [qkv, batchShape]);
  const [q, k, v] = graph.nodes(`${path}/split`, 'Split', [batched], [`${path}/q`, `${path}/k`, `${path}/v`], {
    attributes: { axis: { int: 2 }, num_outputs: { int: 3 } },
  });
  if (q === undefined || k === undefined || v === undefined) throw new Error(`${path}: split has three outputs`);
  const inputs = [
    rotate(graph, `${path}/q/rotary`, q, rotary, headCount),
    rotate(graph, `${path}/k/rotary`, k, rotary, headCount),
    v,
  ] as const;
  const mixed =
    attention === 'fused'
      ? graph.node(`${path}/attention`, 'MultiHeadAttention', inputs, {
          domain: 'com.microsoft',
          attributes: { num_heads: { int: headCount } },
        })
      : writtenOut(graph, `${path}/attention`, inputs, embedDim, headCount);
  const rows = graph.node(`${path}/rows`, 'Reshape', [mixed, graph.integers([-1, embedDim])]);
  return linear(graph, `${path}/proj`, rows, {
    weight: `${prefix}.proj.weight`,
    bias: `${prefix}.proj.bias`,
    inputSize: embedDim,
    outputSize: embedDim,
    encoding,
  });
}

/** softmax(q kᵀ / sqrt(Dh)) v of [B,Np,E] each, as matrix products. */
function writtenOut(
  graph: GraphBuilder,
  path: string,
  [q, k, v]: readonly [Value, Value, Value],
  embedDim: number,
  headCount: number,
): Value {
  const headSize = embedDim / headCount;
  const heads = (name: string, x: Value, perm: readonly number[]) => {
    const split = graph.node(`${path}/${name}/heads`, 'Reshape', [x, graph.integers([0, 0, headCount, headSize])]);
    return graph.node(`${path}/${name}/by_head`, 'Transpose', [split], { attributes: { perm: { ints: perm } } });
  };
  const scaled = graph.node(`${path}/q/scaled`, 'Mul', [q, graph.float(`${path}/scale`, 1 / Math.sqrt(headSize))]);
  const scores = graph.node(`${path}/scores`, 'MatMul', [
    heads('q', scaled, [0, 2, 1, 3]),
    heads('k', k, [0, 2, 3, 1]),
  ]);
  const probabilities = graph.node(`${path}/probabilities`, 'Softmax', [scores], { attributes: { axis: { int: -1 } } });
  const mixed = graph.node(`${path}/mixed`, 'MatMul', [probabilities, heads('v', v, [0, 2, 1, 3])]);
  return graph.node(`${path}/mixed/by_position`, 'Transpose', [mixed], {
    attributes: { perm: { ints: [0, 2, 1, 3] } },
  });
}
