/**
 * A family's decoder without embedding table and language-model head: one graph for prefill, latent steps and
 * decoding. The head is a graph of its own (head.ts), run only where a token is wanted: latent steps need none.
 *
 *   inputs_embeds [B,S,D] ─ L x (attention, SwiGLU) ─ last position ─ RMS norm ─> hidden [B,D]
 *   rope_cos, rope_sin [B*S,Dh/2], rope_index [B,S], rope_index_last [B,1] (rows of the tables) · attention_bias [B,1,S,T]
 *   shape_rows [B,S,-1], shape_grouped [B,Hkv,G,S,T], shape_flat [B,Hkv,G*S,T] · past_key_values.{l}.key|value [B,Hkv,P,Dh]
 *   -> attention [B,T], attention_by_layer [B,L,T] (last row, mean over heads) · present.{l}.key|value [B,Hkv,T,Dh]
 *   or, positions first: past_key_values.{l}.key|value [P,B,Hkv,Dh] -> present.{l}.key|value [S,B,Hkv,Dh] (decoder-attention.ts)
 *
 * Checkpoint names: Hugging Face's (`model.layers.{l}.*`), which Qwen2-VL and Chameleon share.
 */
import type { TextDimensions } from '../../../shared/bundle.ts';
import type { AttentionStyle } from '../../checkpoint/decoder-tensors.ts';
import { GraphBuilder } from '../graph/graph-builder.ts';
import type { Graph, Value } from '../graph/graph.ts';
import { decoderAttention, type CacheLayout } from '../blocks/decoder-attention.ts';
import { allPositions, lastPosition, type QueryContext } from '../blocks/query-context.ts';
import { swiglu } from '../blocks/swiglu.ts';
import type { LinearEncoding } from '../ops/linear.ts';
import { addRmsNorm, rmsNorm } from '../ops/normalise.ts';

export type DecoderOptions = Readonly<{
  /** The graph's name. */
  name: string;
  style: AttentionStyle;
  encoding: LinearEncoding;
  cacheLayout: CacheLayout;
}>;

export function decoder(text: TextDimensions, { name, style, encoding, cacheLayout }: DecoderOptions): Graph {
  const { hiddenSize, layerCount, keyValueHeadCount, headSize } = text;
  const graph = new GraphBuilder(name);
  const inputsEmbeds = graph.input('inputs_embeds', 'float32', ['B', 'S', hiddenSize]);
  const cos = graph.input('rope_cos', 'float32', ['B*S', headSize / 2]);
  const sin = graph.input('rope_sin', 'float32', ['B*S', headSize / 2]);
  const index = graph.input('rope_index', 'int64', ['B', 'S']);
  const lastIndex = graph.input('rope_index_last', 'int64', ['B', 1]);
  const bias = graph.input('attention_bias', 'float32', ['B', 1, 'S', 'T']);
  const cacheDims = (positions: 'P' | 'S' | 'T') =>
    cacheLayout === 'heads-first'
      ? ['B', keyValueHeadCount, positions, headSize]
      : [positions, 'B', keyValueHeadCount, headSize];
  const past = Array.from({ length: layerCount }, (_, layer) => ({
    key: graph.input(`past_key_values.${layer}.key`, 'float32', cacheDims('P')),
    value: graph.input(`past_key_values.${layer}.value`, 'float32', cacheDims('P')),
  }));

  const { hidden, lastRows, presents } = decoderLayers(
    graph,
    '/model',
    {
      rows: graph.node('/model/rows', 'Reshape', [inputsEmbeds, graph.integers([-1, hiddenSize])]),
      all: allPositions(graph, { cos, sin, index }, bias),
      last: lastPosition(graph, '/last', { cos, sin, index: lastIndex }, bias, text),
      past,
      cacheLayout,
    },
    text,
    style,
    encoding,
  );

  graph.output('hidden', hidden, 'float32', ['B', hiddenSize]);
  const byLayer = graph.node('/attention/by_layer', 'Concat', lastRows, { attributes: { axis: { int: 1 } } });
  const mean = graph.node('/attention/mean', 'ReduceMean', [byLayer, graph.integers([1])], {
    attributes: { keepdims: { int: 0 } },
  });
  graph.output('attention', mean, 'float32', ['B', 'T']);
  graph.output('attention_by_layer', byLayer, 'float32', ['B', layerCount, 'T']);
  const presentDims = cacheDims(cacheLayout === 'heads-first' ? 'T' : 'S');
  for (const [layer, present] of presents.entries()) {
    graph.output(`present.${layer}.key`, present.key, 'float32', presentDims);
    graph.output(`present.${layer}.value`, present.value, 'float32', presentDims);
  }
  return graph.build();
}

export type LayerCache = Readonly<{ key: Value; value: Value }>;

export type DecoderInputs = Readonly<{
  /** Embeddings of the new positions, [B*S, D]. */
  rows: Value;
  all: QueryContext;
  /** Of the last position of each batch row: nothing else of the last layer is used. */
  last: QueryContext;
  /** [B, Hkv, P, Dh] or [P, B, Hkv, Dh], layer by layer. */
  past: readonly LayerCache[];
  cacheLayout: CacheLayout;
}>;

export type DecoderOutputs = Readonly<{
  /** Final-norm hidden state of the last position, [B, D]. */
  hidden: Value;
  /** Mean over heads of the last row's probabilities, [B, 1, T], layer by layer. */
  lastRows: readonly Value[];
  /** [B, Hkv, T, Dh] or [S, B, Hkv, Dh], layer by layer. */
  presents: readonly LayerCache[];
}>;

/** All layers and the final norm; nodes are named below `root`. */
export function decoderLayers(
  graph: GraphBuilder,
  root: string,
  { rows, all, last, past, cacheLayout }: DecoderInputs,
  text: TextDimensions,
  style: AttentionStyle,
  encoding: LinearEncoding,
): DecoderOutputs {
  const { hiddenSize, layerCount, rmsNormEpsilon } = text;
  const lastRows: Value[] = [];
  const presents: LayerCache[] = [];
  let residual = rows;
  let normalised = rmsNorm(
    graph,
    `${root}/layers.0/input_layernorm`,
    residual,
    'model.layers.0.input_layernorm.weight',
    hiddenSize,
    rmsNormEpsilon,
  );
  for (const [layer, cache] of past.entries()) {
    const isLast = layer === layerCount - 1;
    const path = `${root}/layers.${layer}`;
    const prefix = `model.layers.${layer}`;
    const context = isLast ? last : all;
    const query = isLast ? takeLast(graph, `${path}/query`, normalised, all.batchShape) : normalised;
    if (isLast) residual = takeLast(graph, `${path}/residual`, residual, all.batchShape);
    const attention = decoderAttention(
      graph,
      `${path}/self_attn`,
      `${prefix}.self_attn`,
      {
        x: normalised,
        rotary: all.rotary,
        batchShape: all.batchShape,
        query,
        queryContext: context,
        cacheLayout,
        pastKey: cache.key,
        pastValue: cache.value,
      },
      text,
      style,
      encoding,
    );
    lastRows.push(attention.lastRow);
    presents.push({ key: attention.presentKey, value: attention.presentValue });
    const afterAttention = addRmsNorm(
      graph,
      `${path}/post_attention_layernorm`,
      residual,
      attention.output,
      `${prefix}.post_attention_layernorm.weight`,
      hiddenSize,
      rmsNormEpsilon,
    );
    const feedForward = swiglu(graph, `${path}/mlp`, `${prefix}.mlp`, afterAttention.normalised, text, encoding);
    const next = isLast
      ? { path: `${root}/norm`, weight: 'model.norm.weight' }
      : {
          path: `${root}/layers.${layer + 1}/input_layernorm`,
          weight: `model.layers.${layer + 1}.input_layernorm.weight`,
        };
    const afterFeedForward = addRmsNorm(
      graph,
      next.path,
      afterAttention.sum,
      feedForward,
      next.weight,
      hiddenSize,
      rmsNormEpsilon,
    );
    residual = afterFeedForward.sum;
    normalised = afterFeedForward.normalised;
  }
  return { hidden: normalised, lastRows, presents };
}

/** The last position's row of each batch row: [B*S, D] -> [B, D]. */
function takeLast(graph: GraphBuilder, path: string, rows: Value, batchShape: Value): Value {
  const batched = graph.node(`${path}/batched`, 'Reshape', [rows, batchShape]);
  return graph.node(`${path}/last`, 'Gather', [batched, graph.integers([-1], true)], {
    attributes: { axis: { int: 1 } },
  });
}
