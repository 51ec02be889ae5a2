/**
 * LoRA adapters merged while they are read: a weight source whose adapted tensors are W + scale · B · A, computed in
 * float32 for the rows that are asked for. Neither the merged model nor a whole matrix ever exists in memory.
 */
import { fail } from '../../shared/failure.ts';
import { isWeightDtype } from './dtype.ts';
import { addLowRankProduct } from './lora-product.ts';
import { readRowsAsFloat32 } from './row-reader.ts';
import { tensorForRead, type TensorInfo, type WeightSource } from './weight-source.ts';

/** The two factors of an adapted weight, under their names in the adapter's source. */
export type LoraFactors = Readonly<{
  /** [r, in] */ a: TensorInfo;
  /** [out, r] */ b: TensorInfo;
}>;

const factorName = /^(.+)\.lora_([AB])(?:\.([^.]+))?\.weight$/;
const otherAdapterParts = /\.(lora_embedding_[AB]|lora_magnitude_vector|lora_[AB](?:\.[^.]+)?\.bias|lora_\w+)(?:\.|$)/;

/** Whether a canonical name belongs to an adapter's factors rather than to the model. */
export function isAdapterPart(name: string): boolean {
  return otherAdapterParts.test(name);
}

/**
 * The factors among a source's tensors (canonical names), by the weight they adapt.
 * Fails: `missing-tensor` (A without B, or B without A), `wrong-shape` (the ranks differ), `unsupported-dtype`,
 * `unsupported-architecture` (DoRA, adapted embeddings, several adapters at once).
 */
export function findLoraFactors(source: WeightSource): Map<string, LoraFactors> {
  const halves = new Map<string, { A?: TensorInfo; B?: TensorInfo }>();
  const adapters = new Set<string>();
  for (const [name, tensor] of source.tensors) {
    const [, module, half, adapter] = factorName.exec(name) ?? [];
    if (module === undefined || (half !== 'A' && half !== 'B')) {
      if (isAdapterPart(name)) refuseVariant(tensor, name);
      continue;
    }
    adapters.add(adapter ?? 'default');
    if (adapters.size > 1) refuseVariant(tensor, `${adapters.size} adapters at once`);
    const weight = `${module}.weight`;
    halves.set(weight, { ...halves.get(weight), [half]: tensor });
  }
  const factors = new Map<string, LoraFactors>();
  for (const [weight, { A: a, B: b }] of halves) {
    if (a === undefined || b === undefined) return missingHalf(weight, a ?? b, a === undefined ? 'lora_A' : 'lora_B');
    factors.set(weight, checkFactors({ a, b }));
  }
  return factors;
}

function checkFactors({ a, b }: LoraFactors): LoraFactors {
  for (const tensor of [a, b]) {
    if (tensor.shape.length !== 2) wrongShape(tensor, 'a matrix');
    if (isWeightDtype(tensor.dtype)) continue;
    fail('unsupported-dtype', `${tensor.name} is stored as ${tensor.dtype}.`, {
      file: tensor.file,
      place: `tensor ${tensor.name}`,
      expected: 'a floating-point type',
      found: tensor.dtype,
    });
  }
  if (a.shape[0] !== b.shape[1]) wrongShape(b, `[out, ${a.shape[0]}], the rank of ${a.name}`);
  if (a.shape[0] === 0) wrongShape(a, 'a rank of at least 1');
  return { a, b };
}

/** The rank of a factor pair. */
export function rankOf(factors: LoraFactors): number {
  return factors.a.shape[0] ?? 0;
}

export type MergeOptions = Readonly<{
  factors: ReadonlyMap<string, LoraFactors>;
  /** Where the factors are read from; closed with the base. */
  adapter: WeightSource;
  /** alpha / r, or what the adapter's variant makes of it. */
  scaleOf: (factors: LoraFactors) => number;
}>;

/**
 * The base's tensors, the adapted ones merged (F32, without a place in a file).
 * Fails: `missing-tensor` (an adapted weight that the base lacks), `wrong-shape`, `unsupported-dtype`.
 */
export function mergeLora(base: WeightSource, { factors, adapter, scaleOf }: MergeOptions): WeightSource {
  const tensors = new Map(base.tensors);
  for (const [name, { a, b }] of factors) {
    const weight = tensors.get(name);
    if (weight === undefined) return missingHalf(name, a, 'the weight that it adapts');
    const [rows, columns] = weight.shape;
    if (weight.shape.length !== 2 || b.shape[0] !== rows) wrongShape(b, `[${rows}, ${rankOf({ a, b })}]`);
    if (a.shape[1] !== columns) wrongShape(a, `[${rankOf({ a, b })}, ${columns}]`);
    tensors.set(name, { ...weight, dtype: 'F32', sizeBytes: weight.elementCount * 4, byteOffset: null });
  }
  const readA = rememberLast((name) => readRowsAsFloat32(adapter, name, 0, adapter.tensors.get(name)?.shape[0] ?? 0));
  const mergedRows = async (
    name: string,
    pair: LoraFactors,
    { start, rows, columns }: Readonly<{ start: number; rows: number; columns: number }>,
    into: Uint8Array<ArrayBuffer> | undefined,
  ) => {
    const hasRoom = into !== undefined && into.length >= 4 * rows * columns;
    const target = hasRoom ? new Float32Array(into.buffer, into.byteOffset, rows * columns) : undefined;
    const w = await readRowsAsFloat32(base, name, start, rows, target);
    const b = await readRowsAsFloat32(adapter, pair.b.name, start, rows);
    addLowRankProduct(w, b, await readA(pair.a.name), { rows, columns, rank: rankOf(pair) }, scaleOf(pair));
    return w;
  };
  return {
    files: [...new Set([...base.files, ...adapter.files])],
    tensors,
    async read(name, startElement, elementCount, into) {
      const pair = factors.get(name);
      if (pair === undefined) return base.read(name, startElement, elementCount, into);
      const columns = tensorForRead({ tensors }, name, startElement, elementCount).shape[1] ?? 1;
      const firstRow = Math.floor(startElement / columns);
      const endRow = Math.ceil((startElement + elementCount) / columns);
      const wanted = { start: firstRow, rows: endRow - firstRow, columns };
      const merged = await mergedRows(name, pair, wanted, into);
      const skipped = startElement - firstRow * columns;
      const bytes = new Uint8Array(merged.buffer, merged.byteOffset, merged.byteLength);
      if (elementCount === merged.length && bytes.byteOffset === 0) return bytes;
      return bytes.slice(skipped * 4, (skipped + elementCount) * 4);
    },
    async close() {
      await base.close();
      await adapter.close();
    },
  };
}

/** Keeps the last result: a matrix is read block after block, and each block needs all of its A. */
function rememberLast<Value>(read: (name: string) => Promise<Value>): (name: string) => Promise<Value> {
  let last: { name: string; value: Promise<Value> } | undefined;
  return (name) => {
    if (last?.name !== name) last = { name, value: read(name) };
    return last.value;
  };
}

function missingHalf(weight: string, present: TensorInfo | undefined, lacking: string): never {
  return fail('missing-tensor', `The LoRA adapter of ${weight} is incomplete: ${lacking} is missing.`, {
    ...(present !== undefined && { file: present.file }),
    place: `tensor ${weight}`,
    expected: 'the adapted weight, lora_A and lora_B',
    found: present === undefined ? 'none of them' : `only ${present.name}`,
    action: 'Check that adapter and base belong together, or download them again.',
  });
}

function wrongShape(tensor: TensorInfo, expected: string): never {
  return fail('wrong-shape', `The LoRA factor ${tensor.name} does not fit.`, {
    file: tensor.file,
    place: `tensor ${tensor.name}`,
    expected,
    found: `[${tensor.shape.join(', ')}]`,
    action: 'Check that adapter and base belong together.',
  });
}

function refuseVariant(tensor: TensorInfo, found: string): never {
  return fail('unsupported-architecture', 'This adapter is more than plain LoRA matrices.', {
    file: tensor.file,
    place: `tensor ${tensor.name}`,
    expected: 'one LoRA adapter of lora_A and lora_B matrices on linear layers',
    found,
    action: 'Merge the adapter with peft (merge_and_unload) and import the merged folder.',
  });
}
