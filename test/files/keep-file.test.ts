/** Kept files are whole or as they were, and nothing lies beside them. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keepFile } from '../../src/main/files/keep-file.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const newFolder = temporaryFolders();

describe('a kept file', () => {
  it('takes the place of the one before, which is never written to', async () => {
    const folder = join(await newFolder(), 'new');
    const path = join(folder, 'kept.json');
    await keepFile(path, { a: 1 });
    const before = statSync(path).ino;
    await keepFile(path, { a: 2 });
    expect(statSync(path).ino).not.toBe(before);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ a: 2 });
    expect(readdirSync(folder)).toEqual(['kept.json']);
  });

  it('is one of those that several writers wrote at once', async () => {
    const folder = await newFolder();
    const path = join(folder, 'kept.json');
    const texts = Array.from({ length: 12 }, (_, index) => String(index).repeat(50_000));
    await Promise.all(texts.map((text) => keepFile(path, text)));
    expect(texts).toContain(JSON.parse(readFileSync(path, 'utf8')));
    expect(readdirSync(folder)).toEqual(['kept.json']);
  });

  it('that cannot be written leaves everything as it was', async () => {
    const folder = await newFolder();
    writeFileSync(join(folder, 'file'), 'a file');
    await keepFile(join(folder, 'file', 'kept.json'), 1);
    const taken = join(folder, 'taken');
    mkdirSync(join(taken, 'inside'), { recursive: true });
    await keepFile(taken, 1);
    expect(readdirSync(folder).toSorted()).toEqual(['file', 'taken']);
  });
});
