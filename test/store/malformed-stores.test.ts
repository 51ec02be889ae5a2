/** Stores that are damaged, foreign, newer, locked, read-only or out of room: each is a typed failure. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { refuseNetworkFileSystem } from '../../src/main/store/store-file.ts';
import { openStore } from '../../src/main/store/store.ts';
import type { FailureKind } from '../../src/shared/failure.ts';
import { asAnybody, whyNotAsAnybody } from '../support/another-user.ts';
import { expectFailure } from '../support/expect-failure.ts';
import { predictionInWordsOfTest, storeRunOfTest } from '../support/stored-rows.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const newFolder = temporaryFolders();
const isRoot = process.getuid?.() === 0;

/** A good store with a run, all in one file. */
function writeStore(path: string, count = 30): void {
  const store = openStore(path, { mode: 'single' });
  storeRunOfTest(store, count);
  store.close();
}

function alter(path: string, change: (bytes: Buffer) => void): void {
  const bytes = readFileSync(path);
  change(bytes);
  writeFileSync(path, bytes);
}

function withDatabase(path: string, work: (database: Database.Database) => void): void {
  const database = new Database(path);
  work(database);
  database.close();
}

type Case = readonly [name: string, kind: FailureKind, make: (path: string) => void];

const cases: readonly Case[] = [
  ['a text file', 'store-damaged', (path) => writeFileSync(path, 'hello, I am not a database at all\n'.repeat(40))],
  [
    'random bytes',
    'store-damaged',
    (path) => writeFileSync(path, Buffer.from(Array.from({ length: 8192 }, (_, n) => (n * 131) % 251))),
  ],
  [
    'a store with a broken magic',
    'store-damaged',
    (path) => (writeStore(path), alter(path, (bytes) => void bytes.write('SQLight', 0))),
  ],
  ['a store cut off in the middle', 'store-damaged', (path) => (writeStore(path), truncateSync(path, 8192 + 17))],
  ['a store cut off inside its header', 'store-damaged', (path) => (writeStore(path), truncateSync(path, 60))],
  [
    'a store whose schema page is overwritten',
    'store-damaged',
    (path) => (writeStore(path), alter(path, (bytes) => void bytes.fill(0xab, 100, 4096))),
  ],
  [
    'a store with an impossible page size',
    'store-damaged',
    (path) => (writeStore(path), alter(path, (bytes) => void bytes.writeUInt16BE(7, 16))),
  ],
  [
    "another program's database",
    'store-damaged',
    (path) => withDatabase(path, (database) => database.exec('CREATE TABLE notes (text TEXT)')),
  ],
  [
    "another program's database with its own mark",
    'store-damaged',
    (path) =>
      withDatabase(path, (database) =>
        database.exec('PRAGMA application_id = 1196444487; CREATE TABLE gpkg_contents (a)'),
      ),
  ],
  [
    'our mark without a schema version',
    'store-damaged',
    (path) => (writeStore(path), withDatabase(path, (database) => database.pragma('user_version = 0'))),
  ],
  [
    'a negative schema version',
    'store-damaged',
    (path) => (writeStore(path), withDatabase(path, (database) => database.pragma('user_version = -3'))),
  ],
  [
    'a store that lost a table',
    'store-damaged',
    (path) => (writeStore(path), withDatabase(path, (database) => database.exec('DROP TABLE outputs'))),
  ],
  [
    'a view in the place of a table',
    'store-damaged',
    (path) => (
      writeStore(path),
      withDatabase(path, (database) =>
        database.exec('DROP TABLE saved_views; CREATE VIEW saved_views AS SELECT 1 AS view_row'),
      )
    ),
  ],
  [
    'a table that lost a column',
    'store-damaged',
    (path) => (
      writeStore(path),
      withDatabase(path, (database) => database.exec('ALTER TABLE runs DROP COLUMN suspects'))
    ),
  ],
  [
    'a store from a newer version',
    'store-too-new',
    (path) => (writeStore(path), withDatabase(path, (database) => database.pragma('user_version = 99'))),
  ],
  ['a folder', 'io', (path) => mkdirSync(path)],
  ['a device', 'io', (path) => symlinkSync('/dev/null', path)],
  ['a link to itself', 'io', (path) => symlinkSync(path, path)],
];

describe('malformed stores', () => {
  it.each(cases)('%s: %s', async (_, kind, make) => {
    const path = join(await newFolder(), 'store.sqlite');
    make(path);
    const failure = await expectFailure(() => openStore(path).close(), kind);
    expect(failure.file).toBe(path);
    expect(failure.action).toBeTruthy();
  });

  it('what is newer or foreign is not touched', async () => {
    const path = join(await newFolder(), 'store.sqlite');
    withDatabase(path, (database) => database.exec('CREATE TABLE notes (text TEXT)'));
    const before = readFileSync(path);
    await expectFailure(() => openStore(path), 'store-damaged');
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('a file where a folder should be', async () => {
    const file = join(await newFolder(), 'file');
    writeFileSync(file, '');
    await expectFailure(() => openStore(join(file, 'store.sqlite')), 'io');
  });

  it('an empty file becomes a store, and a missing folder is made', async () => {
    const folder = await newFolder();
    writeFileSync(join(folder, 'empty.sqlite'), '');
    openStore(join(folder, 'empty.sqlite')).close();
    openStore(join(folder, 'a', 'b', 'new.sqlite')).close();
    expect(statSync(join(folder, 'a', 'b', 'new.sqlite')).size).toBeGreaterThan(0);
  });

  it('garbage in the write-ahead log is ignored, as SQLite does', async () => {
    const path = join(await newFolder(), 'store.sqlite');
    writeStore(path, 3);
    writeFileSync(`${path}-wal`, Buffer.alloc(5000, 0x5a));
    const store = openStore(path);
    expect(store.runs.count()).toBe(1);
    expect(store.checkIntegrity()).toBe('ok');
    store.close();
  });

  it('a damaged row is a failure when it is read', async () => {
    const path = join(await newFolder(), 'store.sqlite');
    writeStore(path, 3);
    withDatabase(path, (database) => database.exec(`UPDATE samples SET choices = '["cut off'`));
    const store = openStore(path);
    const failure = await expectFailure(() => store.predictions.after(1, -1, 10, { steps: 'all' }), 'store-damaged');
    expect(failure.place).toContain('sample-0');
    store.close();
  });

  it.each([
    ['masses of no kind', "UPDATE call_masses SET vision_masses = x'ff00'", ''],
    ['an unknown remark', "UPDATE remarks SET kind = 'unheard-of'", 'remark'],
    ['calls that are no list', `UPDATE outputs SET trace = json_set(trace, '$.calls', 7)`, 'sample-0'],
  ])('%s: a failure when it is read', async (_, damage, place) => {
    const path = join(await newFolder(), 'store.sqlite');
    const written = openStore(path, { mode: 'single' });
    storeRunOfTest(written, 3, {}, (sampleId, position) => predictionInWordsOfTest(sampleId, position, 4 + position));
    written.close();
    withDatabase(path, (database) => database.exec(damage));
    const store = openStore(path);
    const failure = await expectFailure(() => store.predictions.after(1, -1, 10, { steps: 'all' }), 'store-damaged');
    expect(failure.place ?? '').toContain(place);
    store.close();
  });

  it('a damaged page is a failure when it is read, and the integrity check finds it', async () => {
    const path = join(await newFolder(), 'store.sqlite');
    writeStore(path, 200);
    const size = statSync(path).size;
    alter(path, (bytes) => void bytes.fill(0xff, size - 40 * 4096, size - 4096));
    const store = openStore(path);
    expect(store.checkIntegrity()).not.toBe('ok');
    await expectFailure(() => {
      store.predictions.after(1, -1, 500, { steps: 'all' });
      store.hiddenRuns.removeAtOnce(1);
    }, 'store-damaged');
    store.close();
  });

  it('a lock held beyond the timeout', async () => {
    const path = join(await newFolder(), 'store.sqlite');
    const store = openStore(path, { busyTimeoutMs: 150 });
    const other = new Database(path);
    other.exec('BEGIN IMMEDIATE');
    await expectFailure(
      () => store.datasets.saveDataset({ fingerprint: 'x', path: 'x', format: null, licence: null }),
      'store-locked',
    );
    other.exec('COMMIT');
    store.datasets.saveDataset({ fingerprint: 'x', path: 'x', format: null, licence: null });
    other.close();
    store.close();
  });

  it.each([
    [0x6969, 'NFS'],
    [0xff534d42, 'CIFS'],
    [-11317950, 'CIFS'],
    [0xfe534d42, 'SMB2'],
    [0x01021997, '9P'],
  ])('a network file system (type %s, %s)', async (type, name) => {
    const failure = await expectFailure(() => refuseNetworkFileSystem('/mnt/share/store.sqlite', type), 'io');
    expect(failure.found).toBe(name);
    expect(failure.action).toContain('--store');
  });

  it('local file systems pass (ext4, tmpfs, overlay, btrfs, APFS)', () => {
    for (const type of [0xef53, 0x01021994, 0x794c7630, 0x9123683e, 0x1a]) refuseNetworkFileSystem('/x', type);
  });
});

const openScript = fileURLToPath(new URL('../support/open-store-process.ts', import.meta.url));

function openAsAnybody(path: string): string {
  return spawnSync(process.execPath, [openScript, path], { ...asAnybody, encoding: 'utf8' }).stdout;
}

describe.skipIf(process.platform === 'win32')('stores that may not be written (POSIX permissions)', () => {
  it('a read-only folder, a read-only file, an unreadable file', async (context) => {
    const reason = whyNotAsAnybody(openScript);
    if (reason !== null) context.skip(reason);
    const folder = await newFolder();
    chmodSync(folder, 0o755);
    writeStore(join(folder, 'store.sqlite'), 3);
    chmodSync(join(folder, 'store.sqlite'), 0o444);
    mkdirSync(join(folder, 'open'));
    chmodSync(join(folder, 'open'), 0o777);
    writeStore(join(folder, 'open', 'unwritable.sqlite'), 3);
    chmodSync(join(folder, 'open', 'unwritable.sqlite'), 0o444);
    writeStore(join(folder, 'open', 'unreadable.sqlite'), 3);
    chmodSync(join(folder, 'open', 'unreadable.sqlite'), 0o000);
    if (!isRoot) chmodSync(folder, 0o555);
    expect(openAsAnybody(join(folder, 'new.sqlite'))).toBe('permission-denied');
    expect(openAsAnybody(join(folder, 'store.sqlite'))).toBe('permission-denied');
    expect(openAsAnybody(join(folder, 'open', 'unwritable.sqlite'))).toBe('permission-denied');
    expect(openAsAnybody(join(folder, 'open', 'unreadable.sqlite'))).toBe('permission-denied');
    expect(openAsAnybody(join(folder, 'open', 'fine.sqlite'))).toBe('opened');
    chmodSync(folder, 0o755);
  });
});

/** A mounted file system of this size, or null where that is not allowed. */
function mountSmall(folder: string, sizeBytes: number): (() => void) | null {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeBytes}`, 'none', folder], { stdio: 'ignore' });
    return () => void execFileSync('umount', ['-l', folder], { stdio: 'ignore' });
  } catch {
    return null;
  }
}

describe('a full disk', () => {
  it('while a run is written: a typed failure, nothing half-done, and the store stays whole', async ({ skip }) => {
    const folder = await newFolder();
    const unmount = mountSmall(folder, 1_500_000);
    if (unmount === null) return skip('mounting a small file system needs root');
    try {
      const store = openStore(join(folder, 'store.sqlite'));
      storeRunOfTest(store, 5, { runId: 'SMALL' });
      await expectFailure(() => storeRunOfTest(store, 5000, { runId: 'LARGE' }), 'disk-full');
      expect(store.runs.find('LARGE')).toBeUndefined();
      expect(store.runs.count()).toBe(1);
      expect(store.checkIntegrity()).toBe('ok');
      store.close();
    } finally {
      unmount();
    }
    return undefined;
  });

  it('while a store is made', async ({ skip }) => {
    const folder = await newFolder();
    const unmount = mountSmall(folder, 20_000);
    if (unmount === null) return skip('mounting a small file system needs root');
    try {
      await expectFailure(() => openStore(join(folder, 'store.sqlite')), 'disk-full');
    } finally {
      unmount();
    }
    return undefined;
  });
});
