/** Batches that were too large are remembered beside the store: for their model, device and machine, and not for ever. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createKeptBatchLimits } from '../../src/main/core/kept-batch-limits.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const newFolder = temporaryFolders();
const pathOf = async (): Promise<string> => join(await newFolder(), 'not', 'there', 'batch-limits.json');

describe('limits of batches', () => {
  it('are read by the next process, each for its model and device', async () => {
    const path = await pathOf();
    const first = createKeptBatchLimits(path, '1.0.0');
    expect(await first.read('model', 'webgpu')).toBeNull();
    await first.keep('model', 'webgpu', 16);
    await first.keep('other', 'webgpu', 4);
    await first.keep('model', 'webgpu', 8);
    const next = createKeptBatchLimits(path, '1.0.0');
    expect(await next.read('model', 'webgpu')).toBe(8);
    expect(await next.read('other', 'webgpu')).toBe(4);
    expect(await next.read('model', 'cpu')).toBeNull();
    expect(await createKeptBatchLimits(path, '1.0.1').read('model', 'webgpu')).toBeNull();
  });

  it('are forgotten after a week, and where the machine or the file is another', async () => {
    const path = await pathOf();
    const limits = createKeptBatchLimits(path, '1.0.0');
    await limits.keep('model', 'cpu', 3);
    const [kept] = JSON.parse(await readFile(path, 'utf8')) as [{ foundAt: number; machine: string }];
    const rewrite = (changes: object): Promise<void> => writeFile(path, JSON.stringify([{ ...kept, ...changes }]));
    const day = 24 * 3600 * 1000;
    await rewrite({ foundAt: kept.foundAt - 6 * day });
    expect(await limits.read('model', 'cpu')).toBe(3);
    await rewrite({ foundAt: kept.foundAt - 8 * day });
    expect(await limits.read('model', 'cpu')).toBeNull();
    await rewrite({ foundAt: kept.foundAt + day });
    expect(await limits.read('model', 'cpu')).toBeNull();
    await rewrite({ machine: 'elsewhere' });
    expect(await limits.read('model', 'cpu')).toBeNull();
    await rewrite({ limit: 0 });
    expect(await limits.read('model', 'cpu')).toBeNull();
    await writeFile(path, '[{"mach');
    expect(await limits.read('model', 'cpu')).toBeNull();
    await limits.keep('model', 'cpu', 5);
    expect(await limits.read('model', 'cpu')).toBe(5);
  });

  it('that cannot be written are no failure', async () => {
    const path = join(await newFolder(), 'file');
    await writeFile(path, '');
    const limits = createKeptBatchLimits(join(path, 'below', 'limits.json'), '1.0.0');
    await limits.keep('model', 'cpu', 5);
    expect(await limits.read('model', 'cpu')).toBeNull();
  });
});
