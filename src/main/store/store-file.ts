/**
 * Looks at the store's file and folder before SQLite does, because SQLite's own "unable to open" names neither
 * the reason nor what to do, and because it opens an unwritable store without a word.
 */
import { accessSync, constants, mkdirSync, statSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { fail } from '../../shared/failure.ts';
import { networkFileSystemName } from './network-file-system.ts';

const action = 'start Penumbra with a store in another place (--store FILE)';

export type StoreFileUse = Readonly<{
  readOnly: boolean;
  /** Nothing is made where there is no store. */
  mustExist: boolean;
  /** Several processes may use it at once. */
  shared: boolean;
}>;

/** Makes the folder where it is missing; fails where a store cannot live at `path`. */
export function prepareStoreFile(path: string, { readOnly, mustExist, shared }: StoreFileUse): void {
  const folder = dirname(path);
  try {
    if (!mustExist) mkdirSync(folder, { recursive: true });
    const file = statSync(path, { throwIfNoEntry: false });
    if (file !== undefined && !file.isFile()) {
      fail('io', 'The store has to be a file.', { file: path, expected: 'a file', found: kindOf(file), action });
    }
    if (mustExist && file === undefined) {
      fail('not-found', `There is no store at ${path}.`, {
        file: path,
        action: 'check the name of the store (--store FILE)',
      });
    }
    if (!readOnly) {
      // SQLite writes its -wal and -shm files beside the store.
      accessSync(folder, constants.W_OK | constants.X_OK);
      if (file !== undefined) accessSync(path, constants.R_OK | constants.W_OK);
    }
    if (shared) refuseNetworkFileSystem(path, statfsSync(folder).type);
  } catch (error) {
    refuse(error, path);
  }
}

/** Fails when `type` (statfs) is a network file system. */
export function refuseNetworkFileSystem(path: string, type: number): void {
  const name = networkFileSystemName(type);
  if (name === null) return;
  fail('io', `The store lies on a network file system (${name}), where several programs would damage it.`, {
    file: path,
    expected: 'a folder on a local disk',
    found: name,
    action,
  });
}

const kindOf = (file: { isDirectory: () => boolean }): string => (file.isDirectory() ? 'a folder' : 'a special file');

function refuse(error: unknown, path: string): never {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    fail('permission-denied', 'The store and its folder have to be writable.', { file: path, found: code, action });
  }
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    fail('disk-full', 'The disk that should hold the store is full.', { file: path, found: code, action });
  }
  if (typeof code === 'string') fail('io', 'The store cannot be reached.', { file: path, found: code, action });
  throw error;
}
