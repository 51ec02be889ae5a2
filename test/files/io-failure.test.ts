/** Errors of the system in the words of what was being done: reading, or writing. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { failFromSystem, failToWrite } from '../../src/main/files/io-failure.ts';
import { expectFailure } from '../support/expect-failure.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const newFolder = temporaryFolders();

describe('a system error', () => {
  it('of reading names the file that is missing', async () => {
    const path = join(await newFolder(), 'none');
    const reading = () => readFile(path).catch((error: unknown) => failFromSystem(error, path));
    expect((await expectFailure(reading, 'missing-file')).message).toBe(`There is no file ${path}.`);
  });

  it('of writing names the folder that is missing, or stands in the way', async () => {
    const folder = await newFolder();
    const write = (path: string) => () => writeFile(path, '').catch((error: unknown) => failToWrite(error, path));
    const missing = await expectFailure(write(join(folder, 'none', 'q.csv')), 'missing-file');
    expect(missing.message).toBe(`The folder ${join(folder, 'none')} does not exist.`);
    const inTheWay = await expectFailure(write(folder), 'io');
    expect(inTheWay.message).toContain('is a folder');
  });

  it('passes bugs on', async () => {
    await expect(Promise.resolve().then(() => failToWrite(new TypeError('a bug'), 'x'))).rejects.toThrow(TypeError);
  });
});
