/**
 * SQLite's error codes as typed failures. Codes that only a mistake in this program can cause (a constraint, a
 * syntax error) are no failures and go on as they are.
 */
import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { PenumbraFailure, type Failure } from '../../shared/failure.ts';

const otherStore = 'start Penumbra with a store in another place (--store FILE)';

/** The failure that `error` stands for, or `error` itself when it is none. Throw the result. */
export function storeFailure(error: unknown, path: string): unknown {
  const failure = error instanceof Database.SqliteError ? failureOfCode(error.code, path) : null;
  return failure === null ? error : new PenumbraFailure(failure, { cause: error });
}

function failureOfCode(code: string, file: string): Failure | null {
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) {
    return {
      kind: 'store-locked',
      message: 'Another program holds the store locked.',
      file,
      found: code,
      action: 'close the program that is writing to the store, then try again',
    };
  }
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) return damaged(file, code);
  if (/^SQLITE_(READONLY|PERM|AUTH)/.test(code)) {
    return {
      kind: 'permission-denied',
      message: 'The store cannot be written.',
      file,
      expected: 'a file and a folder that this user may write',
      found: code,
      action: `change their permissions, or ${otherStore}`,
    };
  }
  if (code === 'SQLITE_FULL') return full(file, code);
  if (/^SQLITE_(CANTOPEN|IOERR)/.test(code)) {
    // On a full disk the shared-memory file cannot grow, which SQLite reports as an input/output error.
    return freeBytes(file) < 1_000_000 ? full(file, code) : broken(file, code);
  }
  return null;
}

/** A store that cannot be trusted any more, or never was one. */
export function damaged(file: string, found: string, place?: string): Failure {
  return {
    kind: 'store-damaged',
    message: 'The store is damaged, or is not a Penumbra store.',
    file,
    ...(place === undefined ? {} : { place }),
    expected: 'an SQLite file written by Penumbra',
    found,
    action: `restore it from a copy, or ${otherStore}`,
  };
}

const full = (file: string, found: string): Failure => ({
  kind: 'disk-full',
  message: 'The disk that holds the store is full.',
  file,
  found,
  action: `free some space (a paused run can be resumed), or ${otherStore}`,
});

const broken = (file: string, found: string): Failure => ({
  kind: 'io',
  message: 'The store cannot be opened, read or written.',
  file,
  found,
  action: `check the disk and the path, or ${otherStore}`,
});

function freeBytes(file: string): number {
  try {
    const { bavail, bsize } = statfsSync(dirname(file));
    return bavail * bsize;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
