/**
 * Chameleon's image tokenizer: the encoder of a VQ-VAE, whose places are each replaced by the nearest entry of a codebook.
 *
 *   pixel_values [B,3,R,R] ─ conv_in ─ levels x (residual blocks, downsample) ─ middle ─ conv_out ─ quant_conv ─ nearest entry ─> image_codes [B,J]
 *
 * R resolution, C channels of a level, J = (R / 2^(levels - 1))^2 places, row by row, V codebook entries, E their size.
 * Always in float32: a code is an argmin, and a rounding error would name another one. Of entries equally near the first is
 * taken, as in the reference (transformers' ChameleonVQVAE; its z² is left out of the distance, being the same for all).
 */
import { GraphBuilder } from '../../../builder/graph/graph-builder.ts';
import type { Graph, Value } from '../../../builder/graph/graph.ts';
import { groupNorm } from '../../../builder/ops/normalise.ts';
import type { VqDimensions } from '../../../../shared/bundle.ts';
import { groupCount } from '../checkpoint/config.ts';

/** transformers: fixed, not configurable. */
const groupNormEpsilon = 1e-6;

/** Channels and sides of the feature map that a layer gets. */
type Place = Readonly<{ channelCount: number; side: number }>;

export function chameleonImageTokenizer(vq: VqDimensions): Graph {
  const graph = new GraphBuilder('chameleon-image-tokenizer');
  const encoder = new Encoder(graph, vq);
  const pixels = graph.input('pixel_values', 'float32', ['B', vq.channelCount, vq.resolution, vq.resolution]);
  const features = encoder.encode(pixels);
  const codes = nearestEntries(graph, features, vq);
  graph.output('image_codes', codes, 'float32', ['B', 'J']);
  return graph.build();
}

/** Names of nodes and tensors below `model.vqmodel`. */
class Encoder {
  readonly #graph: GraphBuilder;
  readonly #vq: VqDimensions;

  constructor(graph: GraphBuilder, vq: VqDimensions) {
    this.#graph = graph;
    this.#vq = vq;
  }

  /** [B,3,R,R] -> [B,E,side,side] */
  encode(pixels: Value): Value {
    const { baseChannelCount, channelMultipliers, residualBlockCount, attentionResolutions } = this.#vq;
    let place: Place = { channelCount: baseChannelCount, side: this.#vq.resolution };
    let x = this.#conv('encoder.conv_in', pixels, this.#vq.channelCount, baseChannelCount, 3);
    for (const [level, multiplier] of channelMultipliers.entries()) {
      for (let block = 0; block < residualBlockCount; block++) {
        const next: Place = { ...place, channelCount: baseChannelCount * multiplier };
        x = this.#residualBlock(`encoder.down.${level}.block.${block}`, x, place, next.channelCount);
        place = next;
        if (attentionResolutions.includes(place.side)) {
          x = this.#attentionBlock(`encoder.down.${level}.attn.${block}`, x, place);
        }
      }
      if (level === channelMultipliers.length - 1) break;
      x = this.#downsample(`encoder.down.${level}.downsample.conv`, x, place.channelCount);
      place = { ...place, side: place.side / 2 };
    }
    x = this.#residualBlock('encoder.mid.block_1', x, place, place.channelCount);
    if (this.#vq.middleAttention) x = this.#attentionBlock('encoder.mid.attn_1', x, place);
    x = this.#residualBlock('encoder.mid.block_2', x, place, place.channelCount);
    const activated = this.#swish('encoder.norm_out', x, place);
    const latent = this.#conv('encoder.conv_out', activated, place.channelCount, this.#vq.latentChannelCount, 3);
    return this.#conv('quant_conv', latent, this.#vq.latentChannelCount, this.#vq.entrySize, 1);
  }

  /** x + conv(swish(norm(conv(swish(norm(x)))))), the sum over a 1x1 convolution of x where the channels change. */
  #residualBlock(name: string, x: Value, { channelCount, side }: Place, outputCount: number): Value {
    const conv1 = this.#conv(
      `${name}.conv1`,
      this.#swish(`${name}.norm1`, x, { channelCount, side }),
      channelCount,
      outputCount,
      3,
    );
    const conv2 = this.#conv(
      `${name}.conv2`,
      this.#swish(`${name}.norm2`, conv1, { channelCount: outputCount, side }),
      outputCount,
      outputCount,
      3,
    );
    const shortcut =
      channelCount === outputCount ? x : this.#conv(`${name}.nin_shortcut`, x, channelCount, outputCount, 1);
    return this.#graph.node(path(`${name}/residual`), 'Add', [shortcut, conv2]);
  }

  /** One head over all places: x + proj(softmax(q kᵀ / sqrt(C)) v). */
  #attentionBlock(name: string, x: Value, place: Place): Value {
    const { channelCount, side } = place;
    const normalised = this.#groupNorm(`${name}.norm`, x, place);
    const placesOf = (part: 'q' | 'k' | 'v') =>
      this.#graph.node(path(`${name}.${part}/places`), 'Reshape', [
        this.#conv(`${name}.${part}`, normalised, channelCount, channelCount, 1),
        this.#graph.integers([0, channelCount, -1]),
      ]);
    const transposed = (part: 'q' | 'v', value: Value) =>
      this.#graph.node(path(`${name}.${part}/transposed`), 'Transpose', [value], {
        attributes: { perm: { ints: [0, 2, 1] } },
      });
    const scores = this.#graph.node(path(`${name}/scores`), 'MatMul', [transposed('q', placesOf('q')), placesOf('k')]);
    const scaled = this.#graph.node(path(`${name}/scaled`), 'Mul', [
      scores,
      this.#graph.float(path(`${name}/scale`), channelCount ** -0.5),
    ]);
    const probabilities = this.#graph.node(path(`${name}/probabilities`), 'Softmax', [scaled], {
      attributes: { axis: { int: -1 } },
    });
    const mixed = this.#graph.node(path(`${name}/mixed`), 'MatMul', [probabilities, transposed('v', placesOf('v'))]);
    const channelsFirst = this.#graph.node(path(`${name}/channels_first`), 'Transpose', [mixed], {
      attributes: { perm: { ints: [0, 2, 1] } },
    });
    const restored = this.#graph.node(path(`${name}/restored`), 'Reshape', [
      channelsFirst,
      this.#graph.integers([0, channelCount, side, side]),
    ]);
    const projected = this.#conv(`${name}.proj_out`, restored, channelCount, channelCount, 1);
    return this.#graph.node(path(`${name}/residual`), 'Add', [x, projected]);
  }

  /** Half the sides; a row and a column of zeros at the far ends only. */
  #downsample(name: string, x: Value, channelCount: number): Value {
    return this.#convNode(name, x, channelCount, channelCount, 3, { strides: [2, 2], pads: [0, 0, 1, 1] });
  }

  /** norm(x) * sigmoid(norm(x)) */
  #swish(name: string, x: Value, place: Place): Value {
    const normalised = this.#groupNorm(name, x, place);
    const gate = this.#graph.node(path(`${name}/sigmoid`), 'Sigmoid', [normalised]);
    return this.#graph.node(path(`${name}/swish`), 'Mul', [normalised, gate]);
  }

  #groupNorm(name: string, x: Value, { channelCount, side }: Place): Value {
    return groupNorm(
      this.#graph,
      path(name),
      x,
      tensor(name),
      { groupCount, channelCount, height: side, width: side },
      groupNormEpsilon,
    );
  }

  /** Of the same sides: padded by zeros all around. */
  #conv(name: string, x: Value, inputCount: number, outputCount: number, kernel: 1 | 3): Value {
    const margin = (kernel - 1) / 2;
    return this.#convNode(name, x, inputCount, outputCount, kernel, {
      strides: [1, 1],
      pads: [margin, margin, margin, margin],
    });
  }

  #convNode(
    name: string,
    x: Value,
    inputCount: number,
    outputCount: number,
    kernel: number,
    { strides, pads }: Readonly<{ strides: readonly number[]; pads: readonly number[] }>,
  ): Value {
    const weight = this.#graph.parameter(`${tensor(name)}.weight`, [outputCount, inputCount, kernel, kernel]);
    const bias = this.#graph.parameter(`${tensor(name)}.bias`, [outputCount]);
    return this.#graph.node(path(name), 'Conv', [x, weight, bias], {
      attributes: { kernel_shape: { ints: [kernel, kernel] }, strides: { ints: strides }, pads: { ints: pads } },
    });
  }
}

const path = (name: string): string => `/vqmodel/${name}`;
const tensor = (name: string): string => `model.vqmodel.${name}`;

/** [B,E,side,side] -> [B,J]: argmin over the entries e of e² - 2 z·e. */
function nearestEntries(
  graph: GraphBuilder,
  features: Value,
  { entrySize, entryCount, placeCount }: VqDimensions,
): Value {
  const codebook = graph.parameter('model.vqmodel.quantize.embedding.weight', [entryCount, entrySize]);
  const channelsLast = graph.node('/quantize/channels_last', 'Transpose', [features], {
    attributes: { perm: { ints: [0, 2, 3, 1] } },
  });
  const rows = graph.node('/quantize/rows', 'Reshape', [channelsLast, graph.integers([-1, entrySize])]);
  const squares = graph.node('/quantize/squares', 'Mul', [codebook, codebook]);
  const norms = graph.node('/quantize/norms', 'ReduceSum', [squares, graph.integers([1])], {
    attributes: { keepdims: { int: 0 } },
  });
  const distances = graph.node('/quantize/distances', 'Gemm', [rows, codebook, norms], {
    attributes: { transB: { int: 1 }, alpha: { float: -2 }, beta: { float: 1 } },
  });
  // ArgMin and whole numbers are not on every device: the lowest of the numbers of the entries at the least distance.
  const least = graph.node('/quantize/least', 'ReduceMin', [distances, graph.integers([1])], {
    attributes: { keepdims: { int: 1 } },
  });
  const isNearest = graph.node('/quantize/is_nearest', 'Equal', [distances, least]);
  const numbers = graph.floats(
    '/quantize/numbers',
    Float32Array.from({ length: entryCount }, (_, entry) => entry),
  );
  const candidates = graph.node('/quantize/candidates', 'Where', [
    isNearest,
    numbers,
    graph.float('/quantize/none', entryCount),
  ]);
  const nearest = graph.node('/quantize/nearest', 'ReduceMin', [candidates, graph.integers([1])], {
    attributes: { keepdims: { int: 0 } },
  });
  return graph.node('/quantize/codes', 'Reshape', [nearest, graph.integers([-1, placeCount])]);
}
