/** The folder of a bundle while it is made: what stands at the target before and after, whatever goes wrong. */
import { spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeBundleFolder } from '../../src/main/builder/bundle-folder.ts';
import { fail } from '../../src/shared/failure.ts';
import { expectFailure } from '../support/expect-failure.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const newFolder = temporaryFolders();
const options = { replace: false, neededBytes: 1000 };

/** What marks a bundle of any version. */
const old = JSON.stringify({ bundleVersion: 1, architecture: 'qwen2-vl', name: 'old' });

/** Writes a folder that looks like a bundle. */
const fillWith = (content: string) => async (folder: string) => {
  await writeFile(join(folder, 'bundle.json'), content);
  return content;
};

async function existingBundle(content = old): Promise<{ parent: string; target: string }> {
  const parent = await newFolder();
  const target = join(parent, 'model');
  await mkdir(target);
  await writeFile(join(target, 'bundle.json'), content);
  return { parent, target };
}

const contentOf = (target: string): Promise<string> => readFile(join(target, 'bundle.json'), 'utf8');

describe('a new bundle', () => {
  it('appears under its name only when it is complete, and nothing stays beside it', async () => {
    const parent = await newFolder();
    const target = join(parent, 'deep', 'model');
    const result = await makeBundleFolder(target, options, async (folder) => {
      expect(await readdir(join(parent, 'deep'))).not.toContain('model');
      return await fillWith('new')(folder);
    });
    expect(result).toBe('new');
    expect(await readdir(join(parent, 'deep'))).toEqual(['model']);
    expect(await contentOf(target)).toBe('new');
  });

  it('may take the place of an empty folder', async () => {
    const target = await newFolder();
    await makeBundleFolder(target, options, fillWith('new'));
    expect(await contentOf(target)).toBe('new');
  });

  it('leaves nothing when making it fails, and passes a typed failure on', async () => {
    const parent = await newFolder();
    const failure = await expectFailure(
      () =>
        makeBundleFolder(join(parent, 'model'), options, async (folder) => {
          await fillWith('half')(folder);
          fail('malformed-checkpoint', 'broken');
        }),
      'malformed-checkpoint',
    );
    expect(failure.message).toBe('broken');
    expect(await readdir(parent)).toEqual([]);
  });

  it('leaves nothing when a bug is thrown, and passes it on', async () => {
    const parent = await newFolder();
    const making = makeBundleFolder(join(parent, 'model'), options, () => Promise.reject(new TypeError('a bug')));
    await expect(making).rejects.toThrow(TypeError);
    expect(await readdir(parent)).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('turns a disk that fills up on the way into disk-full', async () => {
    const parent = await newFolder();
    await expectFailure(
      // The device that is always full: the system's own error, without filling a disk.
      () => makeBundleFolder(join(parent, 'model'), options, () => writeFile('/dev/full', 'x')),
      'disk-full',
    );
    expect(await readdir(parent)).toEqual([]);
  });

  it('is refused before anything is written where the disk has too little room', async () => {
    const parent = await newFolder();
    const failure = await expectFailure(
      () =>
        makeBundleFolder(join(parent, 'model'), { replace: false, neededBytes: 2 ** 60 }, () =>
          Promise.reject(new Error('must not start')),
        ),
      'disk-full',
    );
    expect(failure.expected).toMatch(/GB free$/);
    expect(await readdir(parent)).toEqual([]);
  });
});

describe('something at the target already', () => {
  it('a bundle is not touched without replace', async () => {
    const { parent, target } = await existingBundle();
    const failure = await expectFailure(() => makeBundleFolder(target, options, fillWith('new')), 'wrong-usage');
    expect(failure.action).toContain('let it be replaced');
    expect(await contentOf(target)).toBe(old);
    expect(await readdir(parent)).toEqual(['model']);
  });

  it('a bundle is replaced on request, and stands until then', async () => {
    const { parent, target } = await existingBundle();
    await makeBundleFolder(target, { ...options, replace: true }, async (folder) => {
      expect(await contentOf(target)).toBe(old);
      return await fillWith('new')(folder);
    });
    expect(await contentOf(target)).toBe('new');
    expect(await readdir(parent)).toEqual(['model']);
  });

  it('a bundle stays as it was when replacing it fails', async () => {
    const { parent, target } = await existingBundle();
    await expectFailure(
      () =>
        makeBundleFolder(target, { ...options, replace: true }, async (folder) => {
          await fillWith('half')(folder);
          fail('cancelled', 'stop');
        }),
      'cancelled',
    );
    expect(await contentOf(target)).toBe(old);
    expect(await readdir(parent)).toEqual(['model']);
  });

  it('a bundle stays as it was when the finished one cannot take its place', async () => {
    const { parent, target } = await existingBundle();
    await expectFailure(
      () =>
        // The last step, putting the new folder into place, finds nothing to put there.
        makeBundleFolder(target, { ...options, replace: true }, (folder) => rm(folder, { recursive: true })),
      'missing-file',
    );
    expect(await contentOf(target)).toBe(old);
    expect(await readdir(parent)).toEqual(['model']);
  });

  it.each([true, false])('other files are never touched (replace %s)', async (replace) => {
    const target = await newFolder();
    await writeFile(join(target, 'thesis.txt'), 'mine');
    await expectFailure(() => makeBundleFolder(target, { ...options, replace }, fillWith('new')), 'wrong-usage');
    expect(await readdir(target)).toEqual(['thesis.txt']);
  });

  it.each([
    ['a bundle.json of another program', { 'bundle.json': '{"name": "webpack"}' }],
    ['a bundle.json that is no JSON', { 'bundle.json': 'old' }],
    ['a bundle of another architecture', { 'bundle.json': '{"bundleVersion": 1, "architecture": "other"}' }],
    ['a bundle among files of its owner', { 'bundle.json': old, 'thesis.txt': 'mine' }],
    ['weights without a description', { 'decoder.onnx': '' }],
  ])('%s is not replaced', async (_, files) => {
    const target = await newFolder();
    for (const [name, text] of Object.entries(files)) await writeFile(join(target, name), text);
    const making = () => makeBundleFolder(target, { ...options, replace: true }, fillWith('new'));
    await expectFailure(making, 'wrong-usage');
    for (const [name, text] of Object.entries(files)) expect(await readFile(join(target, name), 'utf8')).toBe(text);
  });

  it('a folder under the name of a file of a bundle is not taken for one', async () => {
    const { target } = await existingBundle();
    await mkdir(join(target, 'tokenizer.json', 'mine'), { recursive: true });
    const making = () => makeBundleFolder(target, { ...options, replace: true }, fillWith('new'));
    await expectFailure(making, 'wrong-usage');
    expect(await readdir(join(target, 'tokenizer.json'))).toEqual(['mine']);
  });

  it.each([true, false])('a file is never touched (replace %s)', async (replace) => {
    const parent = await newFolder();
    await writeFile(join(parent, 'model'), 'mine');
    const making = () => makeBundleFolder(join(parent, 'model'), { ...options, replace }, fillWith('new'));
    await expectFailure(making, 'wrong-usage');
    expect(await readFile(join(parent, 'model'), 'utf8')).toBe('mine');
  });
});

describe('what an import that was killed left behind', () => {
  it('goes with the next import of the same name; the rest stays', async () => {
    const parent = await newFolder();
    const gone = spawnSync(process.execPath, ['--version']).pid;
    const stale = [`model.partial-${gone}`, `model.partial-${gone}-old`, `model.partial-${process.pid}`];
    const kept = [`model.partial-${process.ppid}`, `model-2.partial-${gone}`, 'model.partial'];
    for (const name of [...stale, ...kept]) await mkdir(join(parent, name));
    await makeBundleFolder(join(parent, 'model'), options, fillWith('new'));
    expect((await readdir(parent)).sort()).toEqual(['model', ...kept].sort());
  });

  /** As a kill between the two renames of a replacement leaves it. */
  async function killedReplacement(): Promise<{ parent: string; target: string }> {
    const parent = await newFolder();
    const gone = spawnSync(process.execPath, ['--version']).pid;
    await mkdir(join(parent, `model.partial-${gone}`));
    await mkdir(join(parent, `model.partial-${gone}-old`));
    await writeFile(join(parent, `model.partial-${gone}-old`, 'bundle.json'), old);
    return { parent, target: join(parent, 'model') };
  }

  it('gives the old bundle its place back, which then counts as there', async () => {
    const { parent, target } = await killedReplacement();
    await expectFailure(() => makeBundleFolder(target, options, fillWith('new')), 'wrong-usage');
    expect(await contentOf(target)).toBe(old);
    expect(await readdir(parent)).toEqual(['model']);
  });

  it('keeps the old bundle when the next replacement fails', async () => {
    const { parent, target } = await killedReplacement();
    await expectFailure(
      () =>
        makeBundleFolder(target, { ...options, replace: true }, () => Promise.resolve().then(() => fail('io', 'x'))),
      'io',
    );
    expect(await contentOf(target)).toBe(old);
    await makeBundleFolder(target, { ...options, replace: true }, fillWith('new'));
    expect(await contentOf(target)).toBe('new');
    expect(await readdir(parent)).toEqual(['model']);
  });
});
