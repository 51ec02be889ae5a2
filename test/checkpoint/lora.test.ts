/** The merge against numbers worked out by hand, against a plain triple loop, and against peft's own result. */
import { canonicalQwen2VlName } from '../../src/main/backbones/qwen2-vl/checkpoint/names.ts';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addLowRankProduct } from '../../src/main/checkpoint/lora-product.ts';
import { openCheckpoint } from '../../src/main/import/open-checkpoint.ts';
import { openPth } from '../../src/main/checkpoint/pth.ts';
import { mergeStateDict } from '../../src/main/import/released-adapter.ts';
import { readRowsAsFloat32 } from '../../src/main/checkpoint/row-reader.ts';
import { openSafetensorsFile } from '../../src/main/checkpoint/safetensors.ts';
import { pthOf } from '../corpus/checkpoint/pth-bytes.ts';
import { counting, f32, safetensors, type StoredTensor } from '../corpus/checkpoint/safetensors-bytes.ts';
import { tinyTensors, writeTinyCheckpoint } from '../corpus/checkpoint/tiny-checkpoint.ts';
import { expectClose } from '../support/expect-close.ts';
import { goldenRoot } from '../support/golden.ts';
import { seededNumbers } from '../support/seeded-numbers.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const temporaryFolder = temporaryFolders();
const q = 'model.layers.0.self_attn.q_proj';

describe('addLowRankProduct', () => {
  it('adds scale · B · A', () => {
    const w = Float32Array.of(1, 2, 3, 4, 5, 6);
    addLowRankProduct(w, Float32Array.of(1, 2), Float32Array.of(10, 20, 30), { rows: 2, columns: 3, rank: 1 }, 0.5);
    expect([...w]).toEqual([6, 12, 18, 14, 25, 36]);
  });

  it.each([
    { rows: 1, columns: 1, rank: 1 },
    { rows: 3, columns: 5, rank: 2 },
    { rows: 7, columns: 13, rank: 7 },
    { rows: 4, columns: 16, rank: 4 },
    { rows: 9, columns: 1030, rank: 64 },
    { rows: 5, columns: 515, rank: 6 },
    { rows: 130, columns: 24, rank: 3 },
    { rows: 65, columns: 2050, rank: 65 },
  ])('equals a triple loop for [$rows, $columns] of rank $rank', ({ rows, columns, rank }) => {
    const [w, b, a] = [rows * columns, rows * rank, rank * columns].map((count, seed) => seededNumbers(count, seed));
    if (w === undefined || b === undefined || a === undefined) throw new Error('no numbers');
    const expected = Array.from(w, (value, index) => {
      const [row, column] = [Math.floor(index / columns), index % columns];
      let sum = 0;
      for (let k = 0; k < rank; k++) sum += (b[row * rank + k] ?? 0) * (a[k * columns + column] ?? 0);
      return value + 0.25 * sum;
    });
    addLowRankProduct(w, b, a, { rows, columns, rank }, 0.25);
    expectClose(w, expected, { absolute: 2e-5 }, 'merged');
  });
});

describe('the kernel across calls', () => {
  it('takes the A of each call, also when the same array is another matrix', () => {
    const a = Float32Array.of(1, 2, 3, 4);
    const merged = (b: number[], rank: number, from = a) => {
      const w = new Float32Array(4 / rank);
      addLowRankProduct(w, Float32Array.from(b), from, { rows: 1, columns: 4 / rank, rank }, 1);
      return [...w];
    };
    expect(merged([1, 10], 2)).toEqual([31, 42]);
    expect(merged([2], 1)).toEqual([2, 4, 6, 8]);
    expect(merged([2], 1, Float32Array.of(5, 6, 7, 8))).toEqual([10, 12, 14, 16]);
    expect(() => merged([1], 2)).toThrow(RangeError);
  });
});

describe('a released state dict', () => {
  it('merges W + alpha / r · B · A in any range, and keeps the rest', async () => {
    const path = join(await temporaryFolder(), 'model.pth');
    await writeFile(
      path,
      pthOf({
        'module.base_causallm.base_model.model.lm_head.weight': f32([1], [9]),
        [`module.base_causallm.base_model.model.${q}.base_layer.weight`]: f32([3, 2], [1, 2, 3, 4, 5, 6]),
        [`module.base_causallm.base_model.model.${q}.base_layer.bias`]: f32([3], [7, 8, 9]),
        [`module.base_causallm.base_model.model.${q}.lora_A.default.weight`]: f32([2, 2], [1, 0, 0, 1]),
        [`module.base_causallm.base_model.model.${q}.lora_B.default.weight`]: f32([3, 2], [1, 2, 3, 4, 5, 6]),
        'module.embedding.weight': f32([1], [9]),
      }),
    );
    // B · A = B here, and alpha / r = 16 / 2.
    const { source, merged, released, unknown } = mergeStateDict(await openPth(path), canonicalQwen2VlName);
    expect({ merged, released, unknown }).toEqual({ merged: { rank: 2, alpha: 16 }, released: true, unknown: [] });
    expect([...source.tensors.keys()].sort()).toEqual(['lm_head.weight', `${q}.bias`, `${q}.weight`]);
    expect(source.tensors.get(`${q}.weight`)).toMatchObject({ dtype: 'F32', sizeBytes: 24, byteOffset: null });
    expect([...(await readRowsAsFloat32(source, `${q}.weight`, 0, 3))]).toEqual([9, 18, 27, 36, 45, 54]);
    expect([...(await readRowsAsFloat32(source, `${q}.weight`, 2, 1))]).toEqual([45, 54]);
    const across = await source.read(`${q}.weight`, 1, 3);
    expect([...new Float32Array(across.buffer)]).toEqual([18, 27, 36]);
    const memory = new Uint8Array(32);
    for (const [start, values] of [
      [2, [27, 36]],
      [1, [18, 27, 36]],
    ] as const) {
      const read = await source.read(`${q}.weight`, start, values.length, memory);
      expect([...new Float32Array(read.buffer, 0, values.length)]).toEqual(values);
    }
    expect([...(await readRowsAsFloat32(source, `${q}.bias`, 0, 3))]).toEqual([7, 8, 9]);
    await source.close();
  });

  it('merges as peft does', async () => {
    const checkpoint = await openCheckpoint({
      folder: join(goldenRoot, 'tiny-untied'),
      adapter: join(goldenRoot, 'tiny-released', 'model.pth'),
      loraAlpha: 2,
      tokenizerLength: 637,
    });
    expect(checkpoint.merged).toEqual({ rank: 8, alpha: 2 });
    expect(checkpoint.unknown).toEqual([]);
    expect(checkpoint.config.text.vocabularySize).toBe(637);
    expect(checkpoint.config.trainedFor).toMatchObject({ method: 'ivt-lr', latentSteps: 3, patchesPerStep: 32 });
    const expected = await openSafetensorsFile(join(goldenRoot, 'tiny-released', 'merged.safetensors'));
    expect(expected.tensors.size).toBe(14);
    for (const { name, shape } of expected.tensors.values()) {
      const rows = shape[0] ?? 0;
      const ours = await readRowsAsFloat32(checkpoint.source, name, 0, rows);
      expectClose(ours, await readRowsAsFloat32(expected, name, 0, rows), { absolute: 1e-5 }, name);
    }
    await expected.close();
    await checkpoint.source.close();
  });
});

describe('a peft adapter folder', () => {
  const factors = {
    [`base_model.model.${q}.lora_A.weight`]: counting([4, 8], 3),
    [`base_model.model.${q}.lora_B.weight`]: counting([8, 4], 5),
  };
  const open = async (config: object, tensors: Readonly<Record<string, StoredTensor>> = factors) => {
    const folder = await writeTinyCheckpoint(await temporaryFolder(), {
      'adapter/adapter_config.json': { peft_type: 'LORA', r: 4, lora_alpha: 8, ...config },
      'adapter/adapter_model.safetensors': safetensors(tensors),
    });
    return openCheckpoint({ folder, adapter: join(folder, 'adapter'), tokenizerLength: 16 });
  };
  const merged = (scale: number) => {
    const value = (start: number, index: number) => ((start + index) % 64) / 64;
    const w = tinyTensors()[`${q}.weight`];
    if (w === undefined) throw new Error('no weight');
    return Array.from(new Float32Array(w.bytes.buffer), (base, index) => {
      const [row, column] = [Math.floor(index / 8), index % 8];
      let sum = 0;
      for (let k = 0; k < 4; k++) sum += value(5, row * 4 + k) * value(3, k * 8 + column);
      return base + scale * sum;
    });
  };

  it('takes rank and alpha from its config', async () => {
    const checkpoint = await open({});
    expect(checkpoint.merged).toEqual({ rank: 4, alpha: 8 });
    expect(checkpoint.config.trainedFor.method).toBe('no-cot');
    expect(checkpoint.files.some((file) => file.endsWith('adapter_config.json'))).toBe(true);
    const ours = await readRowsAsFloat32(checkpoint.source, `${q}.weight`, 0, 8);
    expectClose(ours, merged(2), { absolute: 1e-5 }, 'merged');
    await checkpoint.source.close();
  });

  it('scales rank-stabilised LoRA by the root of the rank', async () => {
    const checkpoint = await open({ use_rslora: true });
    const ours = await readRowsAsFloat32(checkpoint.source, `${q}.weight`, 0, 8);
    expectClose(ours, merged(4), { absolute: 1e-5 }, 'merged');
    await checkpoint.source.close();
  });

  it('takes modules that were trained whole from the adapter', async () => {
    const checkpoint = await open({}, { ...factors, 'base_model.model.model.norm.weight': f32([8], Array(8).fill(3)) });
    expect([...(await readRowsAsFloat32(checkpoint.source, 'model.norm.weight', 0, 2))]).toEqual([3, 3]);
    await checkpoint.source.close();
  });
});
