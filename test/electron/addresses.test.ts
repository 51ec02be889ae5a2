/** Which addresses a window may show, which go to the user's browser, and what a start with paths means. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isOwnAddress, mayOpenOutside } from '../../src/main/electron/addresses.ts';
import { commandFor, readArguments } from '../../src/main/electron/program-arguments.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

describe('the own address', () => {
  it.each(['penumbra://app/', 'penumbra://app/index.html#/runs'])('is %s', (address) => {
    expect(isOwnAddress(address)).toBe(true);
  });
  it.each([
    'penumbra://other/',
    'penumbra://app.evil.example/',
    'penumbra://app:80/',
    'https://app/',
    'file:///index.html',
    'about:blank',
    'javascript:alert(1)',
    '',
  ])('is not %s', (address) => expect(isOwnAddress(address)).toBe(false));
});

describe("the user's browser", () => {
  it.each(['https://arxiv.org/abs/2510.12603', 'https://huggingface.co/datasets/x'])('gets %s', (address) => {
    expect(mayOpenOutside(address)).toBe(true);
  });
  it.each([
    'http://arxiv.org/',
    'https://arxiv.org.evil.example/',
    'https://arxiv.org@evil.example/',
    'https://user@arxiv.org/',
    'https://arxiv.org:8443/',
    'file:///etc/passwd',
    'smb://arxiv.org/share',
    'no address',
  ])('does not get %s', (address) => expect(mayOpenOutside(address)).toBe(false));
});

describe('arguments of the program', () => {
  it.each<[string[], string | undefined, string[]]>([
    [[], undefined, []],
    [['--store', 's.sqlite'], '/home/a/s.sqlite', []],
    [['--store=/tmp/s.sqlite', 'data'], '/tmp/s.sqlite', ['/home/a/data']],
    [
      ['--inspect=0', '/opt/penumbra', '/data/m3cot', 'run.penumbra'],
      undefined,
      ['/data/m3cot', '/home/a/run.penumbra'],
    ],
    [['/opt/penumbra/dist/main/index.js', '/data/m3cot'], undefined, ['/data/m3cot']],
  ])('%j', (args, storePath, paths) => {
    expect(readArguments(args, '/home/a', ['/opt/penumbra', '/opt/penumbra/dist/main/index.js'])).toEqual({
      storePath,
      paths,
    });
  });

  it('open what they name', async () => {
    const folder = await temporaryFolderOf();
    await mkdir(join(folder, 'dataset'));
    await writeFile(join(folder, 'run.penumbra'), '');
    await writeFile(join(folder, 'test.parquet'), '');
    expect(await commandFor(join(folder, 'dataset'))).toMatchObject({ kind: 'open-dataset' });
    expect(await commandFor(join(folder, 'test.parquet'))).toMatchObject({ kind: 'open-dataset' });
    expect(await commandFor(join(folder, 'run.penumbra'))).toMatchObject({ kind: 'open-packed-run' });
    expect(await commandFor(join(folder, 'nothing'))).toBeNull();
  });
});

const temporaryFolderOf = temporaryFolders();
