/**
 * An ONNX graph as plain frozen data: nodes, names, shapes, and where each weight comes from. The graph follows
 * the configuration, never the weights' values, so it can be built, inspected and tested without a checkpoint.
 *
 * Serialised by onnx-file.ts; weights are streamed by weight-writer.ts.
 */

export type ElementType = 'float32' | 'float16' | 'int64' | 'uint8';
export const elementSizeBytes: Readonly<Record<ElementType, number>> = {
  float32: 4,
  float16: 2,
  int64: 8,
  uint8: 1,
};

/** A size known when the graph is built, or the name of one known when it runs. */
export type Dimension = number | string;

/** A tensor flowing through the graph, by name. */
export type Value = Readonly<{ name: string }>;

export type Attribute =
  | Readonly<{ int: number }>
  | Readonly<{ float: number }>
  | Readonly<{ ints: readonly number[] }>
  | Readonly<{ string: string }>;

export type OpDomain = '' | 'com.microsoft';

export type GraphNode = Readonly<{
  /** A path such as `/model/layers.0/self_attn/q_proj`. */
  name: string;
  opType: string;
  domain: OpDomain;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes: Readonly<Record<string, Attribute>>;
}>;

export type Interface = Readonly<{ name: string; elementType: ElementType; dims: readonly Dimension[] }>;

/** A small constant kept inside the .onnx file. */
export type InlineTensor = Readonly<{
  name: string;
  elementType: ElementType;
  dims: readonly number[];
  data: Uint8Array<ArrayBuffer>;
}>;

/** A weight kept in the external data file. */
export type ExternalTensor = Readonly<{ name: string; elementType: ElementType; dims: readonly number[] }>;

/** Which checkpoint tensor fills which external tensors, and how it is encoded on the way. */
export type Weight =
  | Readonly<{ kind: 'float32'; tensor: string; target: string }>
  | Readonly<{ kind: 'float16'; tensor: string; target: string }>
  | Readonly<{
      kind: 'blocks';
      tensor: string;
      bits: 4 | 8;
      /** N: outputs of the linear layer. */
      rows: number;
      /** K: inputs of the linear layer. */
      columns: number;
      blocks: string;
      scales: string;
    }>;

export type Graph = Readonly<{
  name: string;
  inputs: readonly Interface[];
  outputs: readonly Interface[];
  nodes: readonly GraphNode[];
  constants: readonly InlineTensor[];
  externals: readonly ExternalTensor[];
  weights: readonly Weight[];
}>;

/** Bytes of a tensor in the external data file. */
export function tensorSizeBytes(tensor: Readonly<{ elementType: ElementType; dims: readonly number[] }>): number {
  return tensor.dims.reduce((product, size) => product * size, elementSizeBytes[tensor.elementType]);
}
