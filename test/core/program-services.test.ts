import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRequire } from 'node:module';
import { afterEach, describe, expect, it } from 'vitest';
import { createCore, type Core } from '../../src/main/core/core.ts';
import { programCommand, programFiles } from '../../src/main/core/program-files.ts';
import { openConnection } from '../../src/main/store/connection.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const newFolder = temporaryFolders();
const cores: Core[] = [];
const openCore = (storePath: string): Core => {
  const core = createCore({ storePath });
  cores.push(core);
  return core;
};

afterEach(async () => {
  for (const core of cores.splice(0)) await core.close();
});

describe('preferences', () => {
  it('survive a restart, by name', async () => {
    const storePath = join(await newFolder(), 'store.sqlite');
    const first = openCore(storePath);
    expect(await first.client.preferences.get()).toEqual({});
    await first.client.preferences.set({ name: 'tree.width', value: 280 });
    await first.client.preferences.set({ name: 'last-run', value: { dataset: '/data', steps: [1, 2], note: 'é' } });
    await first.client.preferences.set({ name: 'tree.width', value: 300 });
    await first.close();
    const again = openCore(storePath);
    expect(await again.client.preferences.get()).toEqual({
      'tree.width': 300,
      'last-run': { dataset: '/data', steps: [1, 2], note: 'é' },
    });
    await again.client.preferences.set({ name: 'last-run', value: undefined });
    expect(Object.keys(await again.client.preferences.get())).toEqual(['tree.width']);
  });

  it('refuses what is too large or badly named, and keeps what was there', async () => {
    const { client } = openCore(join(await newFolder(), 'store.sqlite'));
    await client.preferences.set({ name: 'a', value: 'kept' });
    // 64 KiB with the two quotes.
    await client.preferences.set({ name: 'full', value: 'x'.repeat(65_534) });
    const refused = { data: { kind: 'wrong-usage' } };
    await expect(client.preferences.set({ name: 'a', value: 'x'.repeat(65_535) })).rejects.toMatchObject(refused);
    await expect(client.preferences.set({ name: 'a', value: 'é'.repeat(33_000) })).rejects.toMatchObject(refused);
    await expect(client.preferences.set({ name: '../a', value: 1 })).rejects.toMatchObject(refused);
    expect((await client.preferences.get())['a']).toBe('kept');
  });

  it('a damaged value counts as never set', async () => {
    const storePath = join(await newFolder(), 'store.sqlite');
    const core = openCore(storePath);
    await core.client.preferences.set({ name: 'good', value: 1 });
    await core.client.preferences.set({ name: 'bad', value: 2 });
    const connection = openConnection(storePath, { readOnly: false, mustExist: true, busyTimeoutMs: 1000 });
    connection.run(`UPDATE preferences SET value = '{"half' WHERE name = 'bad'`);
    connection.close();
    expect(await core.client.preferences.get()).toEqual({ good: 1 });
  });
});

describe('saved views', () => {
  it('are listed by name, replaced and deleted', async () => {
    const { client } = openCore(join(await newFolder(), 'store.sqlite'));
    await client.views.save({ name: 'Wrong science', query: 'where=outcome%3Dwrong' });
    await client.views.save({ name: 'All', query: '' });
    const replaced = await client.views.save({ name: 'Wrong science', query: 'where=outcome%3Dfailed' });
    expect(replaced.query).toBe('where=outcome%3Dfailed');
    expect((await client.views.list()).views.map(({ name, query }) => [name, query])).toEqual([
      ['All', ''],
      ['Wrong science', 'where=outcome%3Dfailed'],
    ]);
    await client.views.delete({ name: 'All' });
    expect((await client.views.list()).views).toHaveLength(1);
  });
});

describe('the program itself', () => {
  it('says where things are; the demo model only once it is imported', async () => {
    const folder = await newFolder();
    const { client } = openCore(join(folder, 'store.sqlite'));
    const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };
    expect(await client.system.info()).toMatchObject({
      version,
      storePath: join(folder, 'store.sqlite'),
      modelsFolder: join(folder, 'models'),
      demoModel: null,
    });
  });

  it('is started by npm in a checkout, by its name where only the bundles are', async () => {
    const installed = await newFolder();
    mkdirSync(join(installed, 'dist', 'main'), { recursive: true });
    writeFileSync(join(installed, 'dist', 'main', 'cli.js'), '');
    expect(programCommand(installed)).toBe('penumbra');
    expect(programFiles.command).toBe('npm run -s penumbra --');
  });
});
