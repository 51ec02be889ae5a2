/** Every malformed checkpoint folder of the corpus ends in its typed failure. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCheckpoint } from '../../src/main/import/open-checkpoint.ts';
import { brokenAdapters } from '../corpus/checkpoint/malformed-adapters.ts';
import { brokenConfigs, brokenSettings } from '../corpus/checkpoint/malformed-configs.ts';
import { brokenLinks, brokenShards, brokenWeights } from '../corpus/checkpoint/malformed-weights.ts';
import { writeTinyCheckpoint } from '../corpus/checkpoint/tiny-checkpoint.ts';
import { expectFailure } from '../support/expect-failure.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const temporaryFolder = temporaryFolders();

const tables = [
  ['configs', brokenConfigs],
  ['other settings', brokenSettings],
  ['weights', brokenWeights],
  ['shards', brokenShards],
  ['links', brokenLinks],
  ['adapters', brokenAdapters],
] as const;

for (const [title, cases] of tables) {
  describe(title, () => {
    it.each(cases)('refuses $name', { timeout: 5000 }, async (row) => {
      const folder = await writeTinyCheckpoint(await temporaryFolder(), row.files);
      await row.arrange?.(folder, await temporaryFolder());
      const failure = await expectFailure(
        () =>
          openCheckpoint({
            folder,
            tokenizerLength: row.tokenizerLength ?? 12,
            ...(row.adapter !== undefined && { adapter: join(folder, row.adapter) }),
          }),
        row.kind,
      );
      expect(failure.file).toContain(folder);
      expect(failure.file?.endsWith(row.file), failure.file).toBe(true);
      expect(failure.place ?? '').toContain(row.place ?? '');
      expect(failure.message).not.toMatch(/\n|\bat \w+ \(/);
    });
  });
}
