/** The one reader of `bundle.json`: what it accepts, and what it says about everything else. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readBundle } from '../../src/main/files/read-bundle.ts';
import { expectFailure } from '../support/expect-failure.ts';
import { writeNominalBundle } from '../support/nominal-bundle.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const newFolder = temporaryFolders();

describe('readBundle', () => {
  it('takes the folder or its bundle.json', async () => {
    const folder = writeNominalBundle(await newFolder());
    expect((await readBundle(folder)).name).toBe('nominal');
    expect(await readBundle(join(folder, 'bundle.json'))).toEqual(await readBundle(folder));
  });

  it('says how to make a model where there is none', async () => {
    const folder = await newFolder();
    await writeFile(join(folder, 'file'), '');
    for (const path of [folder, join(folder, 'missing'), join(folder, 'file')]) {
      const failure = await expectFailure(() => readBundle(path), 'missing-file');
      expect(failure.file).toBe(path);
      expect(failure.action).toContain('penumbra model import');
    }
  });

  // Any other error of the system keeps its own reason, and is not told as "no imported model".
  it('passes on why a description that is there cannot be read', async () => {
    const folder = await newFolder();
    await mkdir(join(folder, 'bundle.json'));
    const failure = await expectFailure(() => readBundle(folder), 'missing-file');
    expect(failure.file).toBe(join(folder, 'bundle.json'));
    expect(failure.found).toBe('EISDIR');
  });

  it.each(['', '{"bundleVersion": 1,', '{"bundleVersion": 99}'])('refuses %j', async (text) => {
    const folder = await newFolder();
    await writeFile(join(folder, 'bundle.json'), text);
    await expectFailure(() => readBundle(folder), 'malformed-bundle');
  });
});
