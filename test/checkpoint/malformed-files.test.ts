/** Every malformed weight file of the corpus ends in its typed failure: no crash, no hang, no stack trace. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openPth } from '../../src/main/checkpoint/pth.ts';
import { openSafetensorsFile } from '../../src/main/checkpoint/safetensors.ts';
import type { WeightSource } from '../../src/main/checkpoint/weight-source.ts';
import { failureSchema } from '../../src/shared/failure.ts';
import { malformedArchives, malformedPickles, maliciousPickles } from '../corpus/checkpoint/malformed-pth.ts';
import { malformedSafetensors, type MalformedFile } from '../corpus/checkpoint/malformed-safetensors.ts';
import { expectFailure } from '../support/expect-failure.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const temporaryFolder = temporaryFolders();

const tables: [string, string, (path: string) => Promise<WeightSource>, readonly MalformedFile[]][] = [
  ['safetensors', 'model.safetensors', openSafetensorsFile, malformedSafetensors],
  ['PyTorch archives', 'model.pth', openPth, malformedArchives],
  ['pickles', 'model.pth', openPth, malformedPickles],
  ['pickles that ask for code', 'model.pth', openPth, maliciousPickles],
];

for (const [title, fileName, open, cases] of tables) {
  describe(title, () => {
    it.each(cases)('refuses $name', { timeout: 5000 }, async ({ bytes, kind, place, found }) => {
      const path = join(await temporaryFolder(), fileName);
      await writeFile(path, bytes());
      const failure = await expectFailure(() => open(path), kind);
      expect(failureSchema.parse(JSON.parse(JSON.stringify(failure)))).toEqual(failure);
      expect(failure.file).toBe(path);
      expect(failure.place).toContain(place);
      if (found !== undefined) expect(failure.found).toContain(found);
      expect(failure.message).not.toMatch(/\n|\bat \w+ \(/);
    });
  });
}
