import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openConnection } from '../../src/main/store/connection.ts';
import { latestSchemaVersion, migrate } from '../../src/main/store/migrations/migrate.ts';
import { openStore } from '../../src/main/store/store.ts';
import { storeRunOfTest } from '../support/stored-rows.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const newFolder = temporaryFolders();
const connect = (path: string) => openConnection(path, { readOnly: false, mustExist: false, busyTimeoutMs: 1000 });
const earlier = Array.from({ length: latestSchemaVersion - 1 }, (_, index) => index + 1);

describe('migrations', () => {
  it.each(earlier)('a store of version %i with rows opens and works', async (version) => {
    const path = join(await newFolder(), 'store.sqlite');
    const old = connect(path);
    migrate(old, version);
    old.run(`INSERT INTO saved_views (name, query, saved_at) VALUES ('mine', 'outcome=wrong', '2026-01-01')`);
    old.close();
    const store = openStore(path);
    expect(store.schemaVersion).toBe(latestSchemaVersion);
    expect(store.annotations.views()).toHaveLength(1);
    const runRow = storeRunOfTest(store, 3);
    store.samples.savePackedImage(store.samples.ofRun(runRow, 'sample-0')?.sampleRow ?? 0, new Uint8Array([1, 2]));
    expect(store.checkIntegrity()).toBe('ok');
    store.close();
  });

  it('gives the same tables whether a store grew or was made new', async () => {
    const folder = await newFolder();
    const schemaOf = (path: string): unknown[] => {
      const connection = connect(path);
      const rows = connection.all('SELECT type, name, sql FROM sqlite_schema ORDER BY name');
      connection.close();
      return rows;
    };
    const grown = connect(join(folder, 'grown.sqlite'));
    for (let version = 1; version <= latestSchemaVersion; version += 1) migrate(grown, version);
    grown.close();
    openStore(join(folder, 'new.sqlite')).close();
    expect(schemaOf(join(folder, 'grown.sqlite'))).toEqual(schemaOf(join(folder, 'new.sqlite')));
  });

  it('several processes may open a new store at the same moment', async () => {
    const path = join(await newFolder(), 'store.sqlite');
    const script = fileURLToPath(new URL('../support/open-store-process.ts', import.meta.url));
    const processes = Array.from({ length: 6 }, () => spawn(process.execPath, [script, path]));
    const outputs = processes.map(async (each) => {
      let text = '';
      each.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
      await once(each, 'close');
      return text;
    });
    expect(await Promise.all(outputs)).toEqual(Array.from({ length: 6 }, () => 'opened'));
    const store = openStore(path);
    expect(store.checkIntegrity()).toBe('ok');
    store.close();
  });
});
