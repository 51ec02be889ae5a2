/** Sound safetensors: any range of any tensor, single files and shards, the reference's own files. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRowsAsFloat32 } from '../../src/main/checkpoint/row-reader.ts';
import { openSafetensorsFile } from '../../src/main/checkpoint/safetensors.ts';
import { openWeightFolder } from '../../src/main/checkpoint/weight-folder.ts';
import { pthOf } from '../corpus/checkpoint/pth-bytes.ts';
import { counting, f32, safetensors } from '../corpus/checkpoint/safetensors-bytes.ts';
import { writeFiles } from '../corpus/checkpoint/tiny-checkpoint.ts';
import { goldenRoot } from '../support/golden.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const temporaryFolder = temporaryFolders();

async function withFile(bytes: Uint8Array): Promise<string> {
  const path = join(await temporaryFolder(), 'x.safetensors');
  await writeFile(path, bytes);
  return path;
}

describe('one file', () => {
  it('describes tensors and reads any range of elements', async () => {
    const path = await withFile(
      safetensors(
        {
          w: f32([2, 3], [1, 2, 3, 4, 5, 6]),
          scalar: f32([], [7]),
          empty: f32([0, 4], []),
          h: { dtype: 'BF16', shape: [2], bytes: Uint8Array.of(0x80, 0x3f, 0x00, 0xc0) },
        },
        { format: 'pt' },
      ),
    );
    const source = await openSafetensorsFile(path);
    expect(source.files).toEqual([path]);
    expect([...source.tensors.keys()]).toEqual(['w', 'scalar', 'empty', 'h']);
    expect(source.tensors.get('w')).toMatchObject({ dtype: 'F32', shape: [2, 3], elementCount: 6, sizeBytes: 24 });
    const middle = await source.read('w', 2, 3);
    expect(middle.byteOffset).toBe(0);
    expect([...new Float32Array(middle.buffer)]).toEqual([3, 4, 5]);
    expect((await source.read('w', 6, 0)).length).toBe(0);
    expect([...(await readRowsAsFloat32(source, 'w', 1, 1))]).toEqual([4, 5, 6]);
    expect([...(await readRowsAsFloat32(source, 'scalar', 0, 1))]).toEqual([7]);
    expect([...(await readRowsAsFloat32(source, 'h', 0, 2))]).toEqual([1, -2]);
    expect((await source.read('empty', 0, 0)).length).toBe(0);
    await source.close();
  });

  it('reads names that objects have of their own, and unused space after the header', async () => {
    const header = '{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}   ';
    const length = Buffer.alloc(8);
    length.writeUInt32LE(header.length, 0);
    const path = await withFile(Buffer.concat([length, Buffer.from(header), Buffer.from(Float32Array.of(2).buffer)]));
    const source = await openSafetensorsFile(path);
    expect([...(await readRowsAsFloat32(source, '__proto__', 0, 1))]).toEqual([2]);
    await source.close();
  });

  it("reads into a caller's memory", async () => {
    const source = await openSafetensorsFile(await withFile(safetensors({ w: f32([4], [1, 2, 3, 4]) })));
    const memory = new Uint8Array(16).fill(255);
    const read = await source.read('w', 1, 2, memory);
    expect(read.buffer).toBe(memory.buffer);
    expect([...new Float32Array(memory.buffer, 0, 2)]).toEqual([2, 3]);
    expect(read.length).toBe(8);
    expect([...memory.subarray(8)]).toEqual(Array.from({ length: 8 }, () => 255));
    await expect(source.read('w', 0, 4, new Uint8Array(8))).rejects.toThrow(RangeError);
    await source.close();
  });

  it('treats a range outside the tensor as a bug of the caller', async () => {
    const source = await openSafetensorsFile(await withFile(safetensors({ w: counting([4]) })));
    const read = (start: number, count: number) => () => source.read('w', start, count);
    for (const wrong of [read(-1, 1), read(0, 5), read(4, 1), read(0.5, 1), read(0, Number.NaN)]) {
      await expect(wrong()).rejects.toThrow(RangeError);
    }
    await expect(source.read('v', 0, 1)).rejects.toThrow(RangeError);
    await source.close();
  });
});

describe('folders', () => {
  it('puts shards together', async () => {
    const source = await openWeightFolder(join(goldenRoot, 'tiny-tied'));
    expect(source.files).toHaveLength(3);
    expect(source.tensors.size).toBe(69);
    await source.close();
  });

  it('reads the older PyTorch shards through the restricted reader', async () => {
    const folder = await temporaryFolder();
    await writeFiles(folder, {
      'pytorch_model.bin.index.json': { weight_map: { a: 'p-1.bin', b: 'p-2.bin' } },
      'p-1.bin': pthOf({ a: f32([2], [1, 2]) }),
      'p-2.bin': pthOf({ b: f32([2], [3, 4]) }),
    });
    const source = await openWeightFolder(folder);
    expect([...(await readRowsAsFloat32(source, 'b', 0, 2))]).toEqual([3, 4]);
    await source.close();
  });
});
