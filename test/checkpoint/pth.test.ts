/** Sound PyTorch archives: torch.save's own file against the safetensors of the same weights, and crafted ones. */
import { withoutWrappers } from '../../src/main/checkpoint/tensor-names.ts';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openPth } from '../../src/main/checkpoint/pth.ts';
import { canonicalQwen2VlName } from '../../src/main/backbones/qwen2-vl/checkpoint/names.ts';
import { readRowsAsFloat32 } from '../../src/main/checkpoint/row-reader.ts';
import { openSafetensorsFile } from '../../src/main/checkpoint/safetensors.ts';
import * as pickle from '../corpus/checkpoint/pickle-bytes.ts';
import { pth, pthOf } from '../corpus/checkpoint/pth-bytes.ts';
import { f32 } from '../corpus/checkpoint/safetensors-bytes.ts';
import { centralHeader, endOf, localHeader, type ZipPart } from '../corpus/checkpoint/zip-bytes.ts';
import { goldenRoot } from '../support/golden.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const temporaryFolder = temporaryFolders();
const sixFloats = new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6).buffer);

async function openBytes(bytes: Uint8Array) {
  const path = join(await temporaryFolder(), 'model.pth');
  await writeFile(path, bytes);
  return openPth(path);
}

describe("torch.save's own file", () => {
  it('holds the frozen weights of its base, byte for byte', async () => {
    const released = await openPth(join(goldenRoot, 'tiny-released', 'model.pth'));
    const base = await openSafetensorsFile(join(goldenRoot, 'tiny-untied', 'model.safetensors'));
    let compared = 0;
    for (const { name, elementCount } of released.tensors.values()) {
      const same = canonicalQwen2VlName(withoutWrappers(name))?.replace('.base_layer.', '.') ?? '';
      // The released vocabulary is cut, so embeddings and head differ.
      if (!base.tensors.has(same) || /embed_tokens|lm_head/.test(same)) continue;
      expect(await released.read(name, 0, elementCount), name).toEqual(await base.read(same, 0, elementCount));
      compared++;
    }
    expect(compared).toBe(44);
    await released.close();
    await base.close();
  });

  it('gives both names of a shared storage', async () => {
    const released = await openPth(join(goldenRoot, 'tiny-released', 'model.pth'));
    const alias = released.tensors.get('embedding.weight');
    const embeddings = released.tensors.get('base_causallm.base_model.model.model.embed_tokens.weight');
    expect(alias?.byteOffset).toBe(embeddings?.byteOffset);
    await released.close();
  });
});

describe('state dicts', () => {
  it('reads ranges of tensors at an offset of their storage', async () => {
    const described = pickle.tensor({ key: '0', storageElements: 6, offset: 2, shape: [2, 2] });
    const source = await openBytes(pth(pickle.stateDict({ w: described }), { 0: sixFloats }));
    expect([...(await readRowsAsFloat32(source, 'w', 0, 2))]).toEqual([3, 4, 5, 6]);
    expect([...(await readRowsAsFloat32(source, 'w', 1, 1))]).toEqual([5, 6]);
    await source.close();
  });

  it('ignores the strides of axes of one element, and of tensors without any', async () => {
    const one = pickle.tensor({ key: '0', storageElements: 6, shape: [1, 6], strides: [999, 1] });
    const none = pickle.tensor({ key: '0', storageElements: 6, shape: [0, 6], strides: [7, 7] });
    const source = await openBytes(pth(pickle.stateDict({ one, none }), { 0: sixFloats }));
    expect(source.tensors.get('one')?.shape).toEqual([1, 6]);
    expect(source.tensors.get('none')?.elementCount).toBe(0);
    await source.close();
  });

  it('unwraps parameters, an OrderedDict with attributes, and a nested state dict', async () => {
    const parameter = pickle.program(
      pickle.global('torch._utils', '_rebuild_parameter'),
      pickle.tensor({ key: '0', storageElements: 6, shape: [6] }),
      pickle.newFalse,
      pickle.global('collections', 'OrderedDict'),
      pickle.emptyTuple,
      pickle.reduce,
      pickle.tuple3,
      pickle.reduce,
    );
    const ordered = pickle.program(
      pickle.global('collections', 'OrderedDict'),
      pickle.emptyTuple,
      pickle.reduce,
      pickle.mark,
      pickle.text('w'),
      parameter,
      pickle.setItems,
      pickle.program(pickle.emptyDict, pickle.text('_metadata'), pickle.none, pickle.setItem),
      pickle.build,
    );
    const source = await openBytes(
      pth(pickle.stateDict({ epoch: pickle.integer(4), state_dict: ordered }), { 0: sixFloats }),
    );
    expect([...(await readRowsAsFloat32(source, 'w', 0, 6))]).toEqual([1, 2, 3, 4, 5, 6]);
    await source.close();
  });

  it('reads protocol 4, with memo and short texts', async () => {
    const program = pickle.program(
      pickle.proto(4),
      pickle.emptyDict,
      pickle.memoize,
      pickle.shortText('w'),
      pickle.memoize,
      pickle.tensor({ key: '0', storageElements: 6, shape: [6] }),
      pickle.setItem,
      pickle.stop,
    );
    const source = await openBytes(pth(program, { 0: sixFloats }));
    expect([...source.tensors.keys()]).toEqual(['w']);
    await source.close();
  });

  it('reads zip64 archives', async () => {
    const bytes = pth(
      pickle.stateDict({ w: pickle.tensor({ key: '0', storageElements: 6, shape: [6] }) }),
      { 0: sixFloats },
      { parts: (parts) => parts.map((part) => ({ ...part, zip64: true })), end: { zip64: true } },
    );
    const source = await openBytes(bytes);
    expect([...(await readRowsAsFloat32(source, 'w', 4, 2))]).toEqual([5, 6]);
    await source.close();
  });
});

describe('files above 4 GB', () => {
  it('reads a storage behind byte 2^32', async () => {
    const path = join(await temporaryFolder(), 'model.pth');
    const big = 2 ** 32 + 64;
    const described = pickle.stateDict({
      big: pickle.tensor({ key: '0', storageElements: big / 4, shape: [big / 4] }),
      w: pickle.tensor({ key: '1', storageElements: 6, shape: [6] }),
    });
    // The large storage is a hole in a sparse file: it takes no disk.
    const hole = {
      name: 'model/data/0',
      data: new Uint8Array(0),
      claimedSize: big,
      claimedCompressedSize: big,
      zip64: true,
    };
    const parts: (ZipPart & { length: number })[] = [
      { name: 'model/data.pkl', data: described, length: described.length },
      { ...hole, length: big },
      { name: 'model/data/1', data: sixFloats, length: sixFloats.length, zip64: true },
    ];
    const file = await open(path, 'w');
    let offset = 0;
    const directory: Buffer[] = [];
    for (const part of parts) {
      const local = localHeader(part);
      directory.push(centralHeader(part, offset));
      await file.write(local, 0, local.length, offset);
      await file.write(part.data, 0, part.data.length, offset + local.length);
      offset += local.length + part.length;
    }
    const central = Buffer.concat(directory);
    const end = endOf(parts.length, central.length, offset, { zip64: true });
    await file.write(Buffer.concat([central, end]), 0, central.length + end.length, offset);
    await file.close();

    const source = await openPth(path);
    expect(source.tensors.get('w')?.byteOffset).toBeGreaterThan(2 ** 32);
    expect([...(await readRowsAsFloat32(source, 'w', 0, 6))]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...(await readRowsAsFloat32(source, 'big', big / 4 - 2, 2))]).toEqual([0, 0]);
    await source.close();
  });
});

describe('other archives', () => {
  it('keeps the order of the state dict and every dtype', async () => {
    const source = await openBytes(
      pthOf({
        z: f32([1], [1]),
        half: { dtype: 'F16', shape: [2], bytes: Uint8Array.of(0x00, 0x3c, 0x00, 0xc0) },
        brain: { dtype: 'BF16', shape: [1], bytes: Uint8Array.of(0x80, 0x3f) },
        long: { dtype: 'I64', shape: [1], bytes: new Uint8Array(8) },
      }),
    );
    expect([...source.tensors.values()].map(({ name, dtype }) => `${name} ${dtype}`)).toEqual([
      'z F32',
      'half F16',
      'brain BF16',
      'long I64',
    ]);
    expect([...(await readRowsAsFloat32(source, 'half', 0, 2))]).toEqual([1, -2]);
    await source.close();
  });
});
