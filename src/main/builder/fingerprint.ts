/** A model's identity: what it was made of and how, not where it lies or when it was made. */
import { createHash } from 'node:crypto';
import type { Bundle, Precision } from '../../shared/bundle.ts';

export function bundleFingerprint(
  sources: Bundle['sources'],
  precision: Precision,
  merged: Bundle['merged'],
  builderVersion: string,
): string {
  // Contents only: the same files in a Hub cache have other names.
  const files = sources.map(({ sha256 }) => sha256).sort();
  return createHash('sha256').update(JSON.stringify({ files, precision, merged, builderVersion })).digest('hex');
}
