/**
 * A graph as an ONNX protobuf. Weights are references into an external data file; their offsets are assigned
 * here so that writing them can be streamed in any order.
 */
import { create, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProtoSchema,
  AttributeProto_AttributeType,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  TensorProtoSchema,
  TensorProto_DataLocation,
  TensorProto_DataType,
  TensorShapeProtoSchema,
  TensorShapeProto_DimensionSchema,
  TypeProtoSchema,
  TypeProto_TensorSchema,
  ValueInfoProtoSchema,
} from 'onnx-buf';
import { tensorSizeBytes, type Attribute, type ElementType, type Graph, type Interface } from './graph.ts';

const irVersion = 10n;
const opset = 21n;
/** Large tensors start on a page, so that the runtime can map them instead of copying. */
const pageBytes = 4096;
const smallAlignmentBytes = 64;

const dataTypes: Readonly<Record<ElementType, TensorProto_DataType>> = {
  float32: TensorProto_DataType.FLOAT,
  float16: TensorProto_DataType.FLOAT16,
  int64: TensorProto_DataType.INT64,
  uint8: TensorProto_DataType.UINT8,
};

export type ExternalLayout = Readonly<{
  /** Byte offset of each external tensor in the data file. */
  offsets: ReadonlyMap<string, number>;
  sizeBytes: number;
}>;

/** Places every external tensor in the data file. */
export function layOutExternals(graph: Graph): ExternalLayout {
  const offsets = new Map<string, number>();
  let position = 0;
  for (const tensor of graph.externals) {
    const size = tensorSizeBytes(tensor);
    const alignment = size >= pageBytes ? pageBytes : smallAlignmentBytes;
    position = Math.ceil(position / alignment) * alignment;
    offsets.set(tensor.name, position);
    position += size;
  }
  return { offsets, sizeBytes: position };
}

/** The .onnx file's bytes; `dataFile` is the external data's name beside it. */
export function encodeOnnx(
  graph: Graph,
  layout: ExternalLayout,
  dataFile: string,
  producerVersion: string,
): Uint8Array {
  const model = create(ModelProtoSchema, {
    irVersion,
    producerName: 'penumbra',
    producerVersion,
    opsetImport: [
      create(OperatorSetIdProtoSchema, { domain: '', version: opset }),
      create(OperatorSetIdProtoSchema, { domain: 'com.microsoft', version: 1n }),
    ],
    graph: create(GraphProtoSchema, {
      name: graph.name,
      input: graph.inputs.map(valueInfo),
      output: graph.outputs.map(valueInfo),
      node: graph.nodes.map((node) =>
        create(NodeProtoSchema, {
          name: node.name,
          opType: node.opType,
          domain: node.domain,
          input: [...node.inputs],
          output: [...node.outputs],
          attribute: Object.entries(node.attributes).map(([name, attribute]) => attributeProto(name, attribute)),
        }),
      ),
      initializer: [
        ...graph.constants.map((tensor) =>
          create(TensorProtoSchema, {
            name: tensor.name,
            dataType: dataTypes[tensor.elementType],
            dims: tensor.dims.map(BigInt),
            rawData: tensor.data,
          }),
        ),
        ...graph.externals.map((tensor) =>
          create(TensorProtoSchema, {
            name: tensor.name,
            dataType: dataTypes[tensor.elementType],
            dims: tensor.dims.map(BigInt),
            dataLocation: TensorProto_DataLocation.EXTERNAL,
            externalData: [
              entry('location', dataFile),
              entry('offset', String(layout.offsets.get(tensor.name) ?? 0)),
              entry('length', String(tensorSizeBytes(tensor))),
            ],
          }),
        ),
      ],
    }),
  });
  return toBinary(ModelProtoSchema, model);
}

const entry = (key: string, value: string) => create(StringStringEntryProtoSchema, { key, value });

function valueInfo({ name, elementType, dims }: Interface) {
  const shape = create(TensorShapeProtoSchema, {
    dim: dims.map((size) =>
      create(TensorShapeProto_DimensionSchema, {
        value: typeof size === 'number' ? { case: 'dimValue', value: BigInt(size) } : { case: 'dimParam', value: size },
      }),
    ),
  });
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, {
      value: { case: 'tensorType', value: create(TypeProto_TensorSchema, { elemType: dataTypes[elementType], shape }) },
    }),
  });
}

function attributeProto(name: string, attribute: Attribute) {
  if ('int' in attribute) {
    return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.INT, i: BigInt(attribute.int) });
  }
  if ('float' in attribute) {
    return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.FLOAT, f: attribute.float });
  }
  if ('ints' in attribute) {
    return create(AttributeProtoSchema, {
      name,
      type: AttributeProto_AttributeType.INTS,
      ints: attribute.ints.map(BigInt),
    });
  }
  return create(AttributeProtoSchema, {
    name,
    type: AttributeProto_AttributeType.STRING,
    s: new TextEncoder().encode(attribute.string),
  });
}
