/**
 * The store: one SQLite file in WAL mode that several processes may use at once. This module opens it, checks
 * that it is ours and whole, migrates it, and hands out the repositories.
 */
export type OpenStoreOptions = Readonly<{
  /** Never writes and never migrates. */
  readOnly?: boolean;
  /** How long a statement waits for another process's write lock. */
  busyTimeoutMs?: number;
}>;

export type Store = Readonly<{
  path: string;
  schemaVersion: number;
  /** `ok`, or the first findings of SQLite's own integrity and foreign-key checks. */
  checkIntegrity: () => string;
  close: () => void;
}>;

/** Opens (creating it where there is none) the store at `path`. */
export function openStore(_path: string, _options: OpenStoreOptions = {}): Store {
  throw new Error('openStore: not written yet');
}
