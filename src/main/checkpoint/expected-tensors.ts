/** The check that a checkpoint has every tensor of its model. */
import { fail } from '../../shared/failure.ts';
import { embeddingsName, type ExpectedTensor } from './decoder-tensors.ts';
import { isWeightDtype, weightDtypes } from './dtype.ts';
import type { TensorInfo, WeightSource } from './weight-source.ts';

export type ValidationOptions = Readonly<{
  /** Highest token id + 1: the fewest rows that the embeddings may have. */
  tokenizerLength: number;
  /** Whether the rows may exceed the config's too: weights trained apart from the config's folder. */
  resized?: boolean;
}>;

/** What a model of a family has to have. */
export type TensorExpectation = Readonly<{
  /** The family, as people write it. */
  family: string;
  /** Of the config. */
  vocabularySize: number;
  /** All tensors of a model whose embeddings have so many rows. */
  tensorsFor: (vocabularySize: number) => readonly ExpectedTensor[];
}>;

/**
 * Checks that a source (canonical names) holds every tensor in the right shape and a floating-point type.
 * The embeddings' rows decide the vocabulary size, since released weights have fewer than their base's config says.
 *
 * @returns the vocabulary rows, and the names that are no part of the model (of a tied model, `lm_head.weight` too)
 * Fails: `missing-tensor`, `wrong-shape`, `unsupported-dtype`.
 */
export function validateTensors(
  source: WeightSource,
  expectation: TensorExpectation,
  options: ValidationOptions,
): { vocabularySize: number; unknown: string[] } {
  const vocabularySize = vocabularyRows(source, expectation, options);
  const expected = expectation.tensorsFor(vocabularySize);
  for (const { name, shape } of expected) checkTensor(requireTensor(source, name, expectation.family), shape);
  const known = new Set(expected.map((tensor) => tensor.name));
  return { vocabularySize, unknown: [...source.tensors.keys()].filter((name) => !known.has(name)) };
}

function vocabularyRows(
  source: WeightSource,
  { family, vocabularySize }: TensorExpectation,
  options: ValidationOptions,
): number {
  const embeddings = requireTensor(source, embeddingsName, family);
  const rows = embeddings.shape[0] ?? 0;
  const most = options.resized === true ? Infinity : vocabularySize;
  if (rows < options.tokenizerLength || rows > most) {
    fail('wrong-shape', `The token embeddings have ${rows} rows, which doesn't fit the tokenizer and the config.`, {
      file: embeddings.file,
      place: `tensor ${embeddingsName}`,
      expected: `at least ${options.tokenizerLength} rows${most === Infinity ? '' : `, at most ${most}`}`,
      found: `[${embeddings.shape.join(', ')}]`,
      action: 'Use the tokenizer and the config that belong to these weights.',
    });
  }
  return rows;
}

function requireTensor(source: WeightSource, name: string, family: string): TensorInfo {
  const tensor = source.tensors.get(name);
  if (tensor !== undefined) return tensor;
  const file = source.files[0];
  return fail('missing-tensor', `The checkpoint lacks the tensor ${name}.`, {
    ...(file !== undefined && { file }),
    place: `tensor ${name}`,
    expected: `every tensor of a ${family} model of the size that its config says`,
    action: 'Check that config and weights belong together, or download the checkpoint again.',
  });
}

function checkTensor(tensor: TensorInfo, shape: readonly number[]): void {
  const place = `tensor ${tensor.name}`;
  if (tensor.shape.length !== shape.length || tensor.shape.some((size, axis) => size !== shape[axis])) {
    fail('wrong-shape', `${tensor.name} doesn't have the shape that the config implies.`, {
      file: tensor.file,
      place,
      expected: `[${shape.join(', ')}]`,
      found: `[${tensor.shape.join(', ')}]`,
      action: 'Check that config and weights belong together.',
    });
  }
  if (!isWeightDtype(tensor.dtype)) {
    fail('unsupported-dtype', `${tensor.name} is stored as ${tensor.dtype}.`, {
      file: tensor.file,
      place,
      expected: weightDtypes.join(', '),
      found: tensor.dtype,
      action: 'Convert the weights to bfloat16, float16 or float32; Penumbra quantises while importing.',
    });
  }
}
