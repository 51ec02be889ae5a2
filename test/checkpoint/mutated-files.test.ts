/** Random damage to sound files: whatever comes of it, it is a typed failure or a file that reads. Seeded. */
import { canonicalQwen2VlName } from '../../src/main/backbones/qwen2-vl/checkpoint/names.ts';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openPth } from '../../src/main/checkpoint/pth.ts';
import { mergeStateDict } from '../../src/main/import/released-adapter.ts';
import { openSafetensorsFile } from '../../src/main/checkpoint/safetensors.ts';
import type { WeightSource } from '../../src/main/checkpoint/weight-source.ts';
import { failureOf } from '../../src/shared/failure.ts';
import * as pickle from '../corpus/checkpoint/pickle-bytes.ts';
import { pth, pthOf } from '../corpus/checkpoint/pth-bytes.ts';
import { counting, safetensors } from '../corpus/checkpoint/safetensors-bytes.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const temporaryFolder = temporaryFolders();
const tensors = {
  'model.norm.weight': counting([3]),
  'model.q.base_layer.weight': counting([4, 4]),
  'model.q.lora_A.default.weight': counting([2, 4]),
  'model.q.lora_B.default.weight': counting([4, 2]),
};
const storage = new Uint8Array(64);
const stateDict = pickle.stateDict({
  'model.norm.weight': pickle.tensor({ key: '0', storageElements: 16, offset: 4, shape: [3, 4] }),
  'model.q.weight': pickle.tensor({ key: '0', storageElements: 16, shape: [16] }),
});

type Random = (below: number) => number;

function randomNumbers(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** One to four bytes changed, bits flipped, stretches cut out or put in. */
function damaged(bytes: Uint8Array, random: Random): Uint8Array {
  let result = Buffer.from(bytes);
  for (let count = 1 + random(4); count > 0; count--) {
    const at = random(result.length);
    const extreme = [0, 127, 128, 255, random(256)];
    const inserted = Array.from({ length: random(6) }, () => extreme[random(extreme.length)] ?? 0);
    const kind = random(4);
    if (kind === 0) result[at] = random(256);
    else if (kind === 1) result[at] = (result[at] ?? 0) ^ (1 << random(8));
    else if (kind === 2) result = Buffer.concat([result.subarray(0, at), result.subarray(at + random(8))]);
    else result = Buffer.concat([result.subarray(0, at), Buffer.from(inserted), result.subarray(at)]);
  }
  return result;
}

async function readAll(open: (path: string) => Promise<WeightSource>, path: string): Promise<void> {
  const stored = await open(path);
  try {
    const { source } = mergeStateDict(stored, canonicalQwen2VlName);
    for (const { name, elementCount } of source.tensors.values()) await source.read(name, 0, elementCount);
  } finally {
    await stored.close();
  }
}

describe('damaged files', () => {
  it.each([
    ['safetensors', openSafetensorsFile, (random: Random) => damaged(safetensors(tensors), random)],
    ['PyTorch archives', openPth, (random: Random) => damaged(pthOf(tensors), random)],
    ['pickles of a right checksum', openPth, (random: Random) => pth(damaged(stateDict, random), { 0: storage })],
  ])('%s read or fail with a type', async (_, open, make) => {
    const path = join(await temporaryFolder(), 'damaged');
    const random = randomNumbers(20_510);
    const outcomes = new Set<string>();
    for (let i = 0; i < 400; i++) {
      const bytes = make(random);
      await writeFile(path, bytes);
      try {
        await readAll(open, path);
        outcomes.add('read');
      } catch (error) {
        const failure = failureOf(error);
        if (failure === undefined)
          throw new Error(`file ${i}: ${Buffer.from(bytes).toString('hex')}`, { cause: error });
        outcomes.add(failure.kind);
      }
    }
    expect(outcomes).toContain('read');
    expect(outcomes).toContain('malformed-checkpoint');
  });
});
