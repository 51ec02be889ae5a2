/**
 * Prefill and N latent steps of one question as a single graph: the layers N + 1 times over the same weights, the choice
 * of patches between them on the device. It computes what the engine does step by step (docs/decisions/0019), for
 * the comparison of the two only: no traces, no interventions, one row.
 *
 *   inputs_embeds [1,S,D] ─ layers ─ h, a ─┬─ top K of the pool ─ E[P] ++ [h] ─ layers ─ … ─> hidden [1,D]
 *   slot_embeds [J,D], slot_positions [J] ─┘                                     -> selected.{n} [K]
 */
import type { TextDimensions } from '../../src/shared/bundle.ts';
import { qwen2VlAttention } from '../../src/main/backbones/qwen2-vl/checkpoint/tensors.ts';
import { allPositions, lastPosition, type QueryContext } from '../../src/main/builder/blocks/query-context.ts';
import { GraphBuilder } from '../../src/main/builder/graph/graph-builder.ts';
import type { Graph, Value } from '../../src/main/builder/graph/graph.ts';
import { decoderLayers, type LayerCache } from '../../src/main/builder/decoder/decoder.ts';
import type { LinearEncoding } from '../../src/main/builder/ops/linear.ts';

export type LatentShape = Readonly<{
  /** J */ slotCount: number;
  /** N */ stepCount: number;
  /** K */ patchCount: number;
}>;

const excluded = -1e30;
/** ONNX's numbers of element types. */
const toFloat32 = { to: { int: 1 } } as const;
const toInt32 = { to: { int: 6 } } as const;

export function unrolledLatentGraph(text: TextDimensions, encoding: LinearEncoding, shape: LatentShape): Graph {
  const { hiddenSize, layerCount, keyValueHeadCount, headSize } = text;
  const { slotCount, stepCount, patchCount } = shape;
  const graph = new GraphBuilder('latent-unrolled');
  const tables = {
    cos: graph.input('rope_cos', 'float32', ['R', headSize / 2]),
    sin: graph.input('rope_sin', 'float32', ['R', headSize / 2]),
  };
  const slotEmbeds = graph.input('slot_embeds', 'float32', [slotCount, hiddenSize]);
  const slotPositions = graph.input('slot_positions', 'int64', [slotCount]);
  // Each slot's own number.
  const slots = graph.input('slots', 'float32', [1, slotCount]);
  const empty = graph.input('empty', 'float32', [1, keyValueHeadCount, 0, headSize]);
  const contexts = (step: number): { all: QueryContext; last: QueryContext } => {
    const newCount = step === 0 ? 'S' : patchCount + 1;
    const bias = graph.input(`attention_bias.${step}`, 'float32', [1, 1, newCount, `T${step}`]);
    const rotary = { ...tables, index: graph.input(`rope_index.${step}`, 'int64', [1, newCount]) };
    const lastRotary = { ...tables, index: graph.input(`rope_index_last.${step}`, 'int64', [1, 1]) };
    const all =
      step === 0 ? allPositions(graph, rotary, bias) : stepPositions(graph, step, rotary, bias, text, patchCount);
    return { all, last: lastPosition(graph, `/last.${step}`, lastRotary, bias, text) };
  };

  const prompt = graph.input('inputs_embeds', 'float32', [1, 'S', hiddenSize]);
  let rows = graph.node('/rows', 'Reshape', [prompt, graph.integers([-1, hiddenSize])]);
  let past: readonly LayerCache[] = Array.from({ length: layerCount }, () => ({ key: empty, value: empty }));
  let pool: Value | null = null;
  for (let step = 0; ; step++) {
    const outputs = decoderLayers(
      graph,
      `/steps.${step}`,
      { rows, ...contexts(step), past, cacheLayout: 'heads-first' },
      text,
      qwen2VlAttention,
      encoding,
    );
    if (step === stepCount) {
      graph.output('hidden', outputs.hidden, 'float32', [1, hiddenSize]);
      for (const [layer, { key, value }] of outputs.presents.entries()) {
        graph.output(`present.${layer}.key`, key, 'float32', [1, keyValueHeadCount, 'T', headSize]);
        graph.output(`present.${layer}.value`, value, 'float32', [1, keyValueHeadCount, 'T', headSize]);
      }
      return graph.build();
    }
    const scores = slotScores(graph, step, outputs.lastRows, slotPositions);
    const candidates: Value = pool === null ? scores : graph.node(`/choice.${step}/pool`, 'Add', [scores, pool]);
    const chosen = choosePatches(graph, step, candidates, slots, patchCount);
    const taken = exclude(graph, step, chosen, slots);
    pool = pool === null ? taken : graph.node(`/choice.${step}/rest`, 'Add', [pool, taken]);
    const rowIndices = graph.node(`/choice.${step}/row_indices`, 'Cast', [chosen], { attributes: toInt32 });
    const patches = graph.node(`/choice.${step}/patches`, 'Gather', [slotEmbeds, rowIndices]);
    rows = graph.node(`/choice.${step}/rows`, 'Concat', [patches, outputs.hidden], {
      attributes: { axis: { int: 0 } },
    });
    graph.output(`selected.${step}`, chosen, 'float32', [patchCount]);
    past = outputs.presents;
  }
}

/** K + 1 new positions: every size but T is known. */
function stepPositions(
  graph: GraphBuilder,
  step: number,
  rotary: QueryContext['rotary'],
  bias: Value,
  { headCount, keyValueHeadCount }: TextDimensions,
  patchCount: number,
): QueryContext {
  const newCount = patchCount + 1;
  const groupSize = headCount / keyValueHeadCount;
  return {
    rotary,
    batchShape: graph.integers([1, newCount, -1]),
    groupedShape: graph.integers([1, keyValueHeadCount, groupSize, newCount, -1]),
    flatShape: graph.integers([1, keyValueHeadCount, groupSize * newCount, -1]),
    bias: graph.node(`/all.${step}/bias`, 'Unsqueeze', [bias, graph.integers([2])]),
  };
}

/** Mean attention of the last position on each slot, [1, J]. */
function slotScores(graph: GraphBuilder, step: number, lastRows: readonly Value[], slotPositions: Value): Value {
  const byLayer = graph.node(`/choice.${step}/by_layer`, 'Concat', lastRows, { attributes: { axis: { int: 1 } } });
  const mean = graph.node(`/choice.${step}/attention`, 'ReduceMean', [byLayer, graph.integers([1])], {
    attributes: { keepdims: { int: 0 } },
  });
  return graph.node(`/choice.${step}/scores`, 'Gather', [mean, slotPositions], { attributes: { axis: { int: 1 } } });
}

/**
 * The K best in the engine's order [K], as float32: all but the K-th by slot, then the K-th. Ties are the runtime's to
 * break. Whole numbers would be nodes that WebGPU leaves to the CPU.
 */
function choosePatches(graph: GraphBuilder, step: number, candidates: Value, slots: Value, patchCount: number): Value {
  const path = `/choice.${step}`;
  const top = (name: string, x: Value, count: number): [values: Value, indices: Value] => {
    const outputs = [`${path}/${name}/values`, `${path}/${name}/indices`];
    const [values, indices] = graph.nodes(`${path}/${name}`, 'TopK', [x, graph.integers([count])], outputs, {
      attributes: { axis: { int: -1 }, largest: { int: 1 }, sorted: { int: 1 } },
    });
    if (values === undefined || indices === undefined) throw new Error('TopK has two outputs');
    return [values, indices];
  };
  const [, indices] = top('top', candidates, patchCount);
  const numbers = graph.node(`${path}/top/slots`, 'Gather', [slots, indices], { attributes: { axis: { int: 1 } } });
  const best = graph.node(`${path}/best`, 'Reshape', [numbers, graph.integers([patchCount])]);
  const slice = (name: string, from: number, to: number) =>
    graph.node(`${path}/${name}`, 'Slice', [best, graph.integers([from]), graph.integers([to]), graph.integers([0])]);
  const negative = graph.node(`${path}/above/negative`, 'Neg', [slice('above', 0, patchCount - 1)]);
  const [descending] = top('order', negative, patchCount - 1);
  const ascending = graph.node(`${path}/above/ascending`, 'Neg', [descending]);
  return graph.node(`${path}/chosen`, 'Concat', [ascending, slice('limit', patchCount - 1, patchCount)], {
    attributes: { axis: { int: 0 } },
  });
}

/** Added to the scores of later steps: a large negative number at the chosen slots, [1, J]. */
function exclude(graph: GraphBuilder, step: number, chosen: Value, slots: Value): Value {
  const path = `/choice.${step}/taken`;
  const column = graph.node(`${path}/column`, 'Unsqueeze', [chosen, graph.integers([1])]);
  const same = graph.node(`${path}/same`, 'Cast', [graph.node(`${path}/equal`, 'Equal', [column, slots])], {
    attributes: toFloat32,
  });
  const any = graph.node(`${path}/any`, 'ReduceMax', [same, graph.integers([0])], {
    attributes: { keepdims: { int: 1 } },
  });
  return graph.node(path, 'Mul', [any, graph.float(`${path}/excluded`, excluded)]);
}
