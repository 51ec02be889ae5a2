/**
 * Numbered, forward-only migrations. A store carries the number of the last one in `user_version` and Penumbra's
 * mark in `application_id`; both change in the transaction that changes the tables.
 */
import { PenumbraFailure, fail } from '../../../shared/failure.ts';
import type { Connection } from '../connection.ts';
import { damaged } from '../sqlite-failure.ts';
import { initial } from './0001-initial.ts';
import { packedImages } from './0002-packed-images.ts';
import { app } from './0003-app.ts';
import { questions } from './0004-questions.ts';
import { savedRuns } from './0005-saved-runs.ts';
import { hiddenRuns } from './0006-hidden-runs.ts';
import { calls } from './0007-calls.ts';

/** In order; a published migration is never edited. */
const migrations: readonly string[] = [initial, packedImages, app, questions, savedRuns, hiddenRuns, calls];

export const latestSchemaVersion = migrations.length;

/** `PNBR` in ASCII. */
export const applicationId = 0x504e4252;

/** The store's version; 0 for a file that holds nothing yet. Refuses what is newer or not ours. */
export function checkedSchemaVersion(connection: Connection): number {
  const version = Number(connection.pragma('user_version'));
  const mark = Number(connection.pragma('application_id'));
  const objectCount = connection.all<{ count: number }>('SELECT count(*) AS count FROM sqlite_schema')[0]?.count ?? 0;
  if (objectCount === 0 && version === 0 && mark === 0) return 0;
  if (mark !== applicationId) {
    throw new PenumbraFailure(damaged(connection.path, `another program's database (application_id ${mark})`));
  }
  if (version > latestSchemaVersion) {
    fail('store-too-new', 'The store was written by a newer version of Penumbra.', {
      file: connection.path,
      expected: `schema version ${latestSchemaVersion} or older`,
      found: `schema version ${version}`,
      action: 'update Penumbra, or start it with another store (--store FILE)',
    });
  }
  if (version < 1) throw new PenumbraFailure(damaged(connection.path, `schema version ${version}`));
  return version;
}

/** Brings the store to `target` in one transaction; does nothing where it is there already. */
export function migrate(connection: Connection, target: number = latestSchemaVersion): void {
  if (checkedSchemaVersion(connection) >= target) return;
  connection.transaction(() => {
    // Another process may have migrated while this one waited for the write lock.
    const version = checkedSchemaVersion(connection);
    for (const sql of migrations.slice(version, target)) connection.execute(sql);
    if (version < target)
      connection.execute(`PRAGMA user_version = ${target}; PRAGMA application_id = ${applicationId};`);
  });
}
