/**
 * System errors of files, turned into typed failures in one place. Errors without a system code are bugs and
 * are thrown on unchanged.
 */
import { dirname } from 'node:path';
import { fail, type FailureKind } from '../../shared/failure.ts';

const kindByCode: Readonly<Record<string, FailureKind>> = {
  ENOENT: 'missing-file',
  ENOTDIR: 'missing-file',
  EISDIR: 'missing-file',
  EACCES: 'permission-denied',
  EPERM: 'permission-denied',
  EROFS: 'permission-denied',
  ENOSPC: 'disk-full',
  EDQUOT: 'disk-full',
  // A symbolic link that leads to itself.
  ELOOP: 'missing-file',
  ENAMETOOLONG: 'missing-file',
};

const sentenceByKind: Partial<Record<FailureKind, (path: string) => string>> = {
  'missing-file': (path) => `There is no file ${path}.`,
  'permission-denied': (path) => `The system does not let this program use ${path}.`,
  'disk-full': (path) => `The disk that holds ${path} is full.`,
};

/** The system's code of an error (`ENOENT`), or `undefined` if it has none. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** What went wrong with a file that should be written: what reading it would call a missing file is none there. */
const writeSentences: Readonly<Record<string, (path: string) => string>> = {
  EISDIR: (path) => `${path} is a folder, and cannot be replaced by a file.`,
  ENOENT: (path) => `The folder ${dirname(path)} does not exist.`,
  ENOTDIR: (path) => `The folder ${dirname(path)} cannot be made: a file is in the way.`,
  EEXIST: (path) => `The folder ${dirname(path)} cannot be made: a file is in the way.`,
  ENAMETOOLONG: (path) => `The name ${path} is too long for the system.`,
};

/** Throws the typed failure for a system error of writing a file at `path`; throws anything else unchanged. */
export function failToWrite(error: unknown, path: string): never {
  const code = systemCode(error);
  const sentence = code === undefined ? undefined : writeSentences[code];
  if (sentence === undefined) return failFromSystem(error, path);
  return fail(code === 'EISDIR' ? 'io' : 'missing-file', sentence(path), {
    file: path,
    found: code,
    action: 'Name another file.',
  });
}

/** Throws the typed failure for a system error at `path`; throws anything else unchanged. */
export function failFromSystem(error: unknown, path: string): never {
  const code = systemCode(error);
  if (code === undefined) throw error;
  const kind = kindByCode[code] ?? 'io';
  const sentence = sentenceByKind[kind] ?? ((file: string) => `Reading or writing ${file} failed.`);
  fail(kind, sentence(path), {
    file: path,
    found: code,
    ...(kind === 'permission-denied' && { action: 'Check the permissions of the file and of its folders.' }),
    ...(kind === 'disk-full' && { action: 'Free some space, or choose another folder.' }),
  });
}
