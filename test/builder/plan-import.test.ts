/** What a plan says against what the import then makes. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { planImport } from '../../src/main/import/plan-import.ts';
import { precisions } from '../../src/shared/bundle.ts';
import { expectFailure } from '../support/expect-failure.ts';
import { goldenCheckpoints } from '../support/golden.ts';
import { temporaryFolders } from '../support/temp-folder.ts';
import { importTiny, tinySource } from '../support/tiny-bundles.ts';

const newFolder = temporaryFolders();

const bytesOf = async (folder: string): Promise<number> => {
  const sizes = await Promise.all((await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
};

describe('the plan of an import', () => {
  it.each(goldenCheckpoints)(
    '%s: disk within a twentieth of the real bundle, in every precision',
    async (checkpoint) => {
      const plan = await planImport(tinySource(checkpoint));
      const folder = await newFolder();
      for (const precision of precisions) {
        const out = join(folder, precision);
        const { bundle } = await importTiny(checkpoint, out, precision);
        const planned = plan.precisions.find((each) => each.precision === precision);
        const ratio = (planned?.diskBytes ?? 0) / (await bytesOf(out));
        expect(Math.abs(ratio - 1), precision).toBeLessThan(0.05);
        expect(plan.parameterCount).toBe(bundle.parameterCount);
        expect(plan.name).toBe(bundle.name);
      }
      const memory = plan.precisions.map(({ memoryBytes }) => memoryBytes);
      expect(memory.toSorted((a, b) => b - a)).toEqual(memory);
    },
  );

  it('says what is merged, and what the model was trained for', async () => {
    const released = await planImport(tinySource('tiny-released'));
    expect(released.notes).toContainEqual('A LoRA adapter of rank 8 and alpha 2 will be merged.');
    expect(released.trainedFor).toMatch(/^IVT-LR, N \d+, K \d+$/);
    const tied = await planImport(tinySource('tiny-tied'));
    expect(tied.trainedFor).toBe('IVT-LR, N 3, K 4');
    expect(tied.notes.join()).toMatch(/never trained/);
  });

  it('refuses what an import would refuse', async () => {
    await expectFailure(() => newFolder().then((source) => planImport({ source })), 'missing-file');
  });
});
