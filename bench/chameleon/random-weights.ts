/** Random weights for any list of tensors, made where they are read and kept nowhere: the same name, the same values. */
import type { ExpectedTensor } from '../../src/main/checkpoint/decoder-tensors.ts';
import { tensorForRead, type TensorInfo, type WeightSource } from '../../src/main/checkpoint/weight-source.ts';
import { fillRandom, generatorStep, levelTable, tensorSeed } from '../checkpoints/random-values.ts';

const seed = 20_240_516;

/** Spreads that keep the size of what a layer is given: norms near one, products by the square root of what they sum. */
function distribution({ name, shape }: ExpectedTensor): { mean: number; std: number } {
  if (name.endsWith('.bias')) return { mean: 0, std: 0.05 };
  if (/norm/.test(name)) return { mean: 1, std: 0.1 };
  const summed = shape.slice(1).reduce((product, size) => product * size, 1);
  return { mean: 0, std: 1 / Math.sqrt(summed) };
}

/** As if stored in float32. */
export function randomWeights(tensors: readonly ExpectedTensor[]): WeightSource {
  const tables = new Map(
    tensors.map((tensor) => {
      const { mean, std } = distribution(tensor);
      return [tensor.name, levelTable('F32', mean, std)];
    }),
  );
  const infos = new Map(
    tensors.map(({ name, shape }): [string, TensorInfo] => {
      const elementCount = shape.reduce((product, size) => product * size, 1);
      return [
        name,
        { name, dtype: 'F32', shape, elementCount, sizeBytes: 4 * elementCount, file: 'random', byteOffset: null },
      ];
    }),
  );
  return {
    files: [],
    tensors: infos,
    read(name, startElement, elementCount) {
      tensorForRead({ tensors: infos }, name, startElement, elementCount);
      const values = new Float32Array(elementCount);
      const table = tables.get(name);
      if (table === undefined) throw new RangeError(`no tensor ${name}`);
      fillRandom(values, table, (tensorSeed(seed, name) + Math.imul(startElement, generatorStep)) | 0);
      return Promise.resolve(new Uint8Array(values.buffer));
    },
    close: () => Promise.resolve(),
  };
}
