/**
 * Collects nodes while a model is being described. It refuses a name that exists and an input that nothing
 * produces: a mistake in a model's description fails when the graph is built, not when it runs.
 */
import type {
  Attribute,
  Dimension,
  ElementType,
  ExternalTensor,
  Graph,
  GraphNode,
  InlineTensor,
  Interface,
  OpDomain,
  Value,
  Weight,
} from './graph.ts';

export type NodeOptions = Readonly<{ domain?: OpDomain; attributes?: Readonly<Record<string, Attribute>> }>;

export class GraphBuilder {
  readonly #name: string;
  readonly #inputs: Interface[] = [];
  readonly #outputs: Interface[] = [];
  readonly #nodes: GraphNode[] = [];
  readonly #constants: InlineTensor[] = [];
  readonly #externals: ExternalTensor[] = [];
  readonly #weights: Weight[] = [];
  readonly #values = new Set<string>();
  readonly #nodeNames = new Set<string>();
  readonly #integers = new Map<string, Value>();
  /** Of values that are outputs. */
  readonly #publicNames = new Map<string, string>();

  constructor(name: string) {
    this.#name = name;
  }

  input(name: string, elementType: ElementType, dims: readonly Dimension[]): Value {
    this.#inputs.push({ name, elementType, dims });
    return this.#produce(name);
  }

  /** Gives a value its public name: the node that makes it then writes the output itself, and nothing is copied. */
  output(name: string, value: Value, elementType: ElementType, dims: readonly Dimension[]): void {
    this.#consume(value);
    this.#produce(name);
    if (this.#publicNames.has(value.name) || !this.#nodes.some(({ outputs }) => outputs.includes(value.name))) {
      throw new Error(`${name}: only a node's value can be an output, and only once`);
    }
    this.#publicNames.set(value.name, name);
    this.#outputs.push({ name, elementType, dims });
  }

  /** A node with one output, called `<path>/output_0`. An absent optional input is `null`. */
  node(path: string, opType: string, inputs: readonly (Value | null)[], options: NodeOptions = {}): Value {
    const [output] = this.nodes(path, opType, inputs, [`${path}/output_0`], options);
    if (output === undefined) throw new Error(`${path} has no output`);
    return output;
  }

  /** A node with several outputs; an unused optional output is the empty string. */
  nodes(
    path: string,
    opType: string,
    inputs: readonly (Value | null)[],
    outputs: readonly string[],
    options: NodeOptions = {},
  ): Value[] {
    this.#addNodeName(path);
    for (const value of inputs) if (value !== null) this.#consume(value);
    this.#nodes.push({
      name: path,
      opType,
      domain: options.domain ?? '',
      inputs: inputs.map((value) => value?.name ?? ''),
      outputs,
      attributes: options.attributes ?? {},
    });
    return outputs.map((name) => (name === '' ? { name } : this.#produce(name)));
  }

  /** A small int64 constant, shared between its users. */
  integers(values: readonly number[], scalar = false): Value {
    const name = `/constants/int64${scalar ? '_scalar' : ''}[${values.join(',')}]`;
    const known = this.#integers.get(name);
    if (known !== undefined) return known;
    const data = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    this.#constants.push({ name, elementType: 'int64', dims: scalar ? [] : [values.length], data });
    const value = this.#produce(name);
    this.#integers.set(name, value);
    return value;
  }

  float(name: string, value: number): Value {
    const data = new Uint8Array(Float32Array.of(value).buffer);
    this.#constants.push({ name, elementType: 'float32', dims: [], data });
    return this.#produce(name);
  }

  /** A short row of numbers kept in the .onnx file, [values.length]. */
  floats(name: string, values: Float32Array<ArrayBuffer>): Value {
    this.#constants.push({ name, elementType: 'float32', dims: [values.length], data: new Uint8Array(values.buffer) });
    return this.#produce(name);
  }

  external(tensor: ExternalTensor): Value {
    this.#externals.push(tensor);
    return this.#produce(tensor.name);
  }

  weight(weight: Weight): void {
    this.#weights.push(weight);
  }

  /** A checkpoint tensor as float32 (or float16), in its stored order, under its own name. */
  parameter(tensor: string, dims: readonly number[], elementType: 'float32' | 'float16' = 'float32'): Value {
    if (this.#values.has(tensor)) return { name: tensor };
    this.weight({ kind: elementType, tensor, target: tensor });
    return this.external({ name: tensor, elementType, dims });
  }

  build(): Graph {
    const publicName = (name: string): string => this.#publicNames.get(name) ?? name;
    return Object.freeze({
      name: this.#name,
      inputs: this.#inputs,
      outputs: this.#outputs,
      nodes: this.#nodes.map((node) => ({
        ...node,
        inputs: node.inputs.map(publicName),
        outputs: node.outputs.map(publicName),
      })),
      constants: this.#constants,
      externals: this.#externals,
      weights: this.#weights,
    });
  }

  #addNodeName(path: string): void {
    if (this.#nodeNames.has(path)) throw new Error(`node ${path} exists already`);
    this.#nodeNames.add(path);
  }

  #produce(name: string): Value {
    if (this.#values.has(name)) throw new Error(`value ${name} exists already`);
    this.#values.add(name);
    return { name };
  }

  #consume(value: Value): void {
    if (!this.#values.has(value.name)) throw new Error(`value ${value.name} is used before it exists`);
  }
}
