/**
 * A dataset's identity: SHA-256 over its rows in order. Names of folders and files, shards, the format and the
 * images' bytes have no part in it, but what a row says of its image has: the written name, or a hash of inline
 * bytes. The same rows from the Hub and from the original release differ where those say different things.
 */
import { createHash } from 'node:crypto';
import type { Sample } from '../../shared/sample.ts';

export interface Fingerprint {
  add(sample: Sample, imageIdentity: string | null): void;
  /** Hex digest; ends the fingerprint. */
  digest(): string;
}

/** Changes whenever the canonical form of a row does. */
const formVersion = 'penumbra rows 1\n';

export function createFingerprint(): Fingerprint {
  const hash = createHash('sha256').update(formVersion);
  let pending: string[] = [];
  let pendingLength = 0;
  const flush = (): void => {
    hash.update(pending.join(''));
    pending = [];
    pendingLength = 0;
  };
  return {
    add(sample, imageIdentity) {
      const line = `${canonicalRow(sample, imageIdentity)}\n`;
      pending.push(line);
      pendingLength += line.length;
      if (pendingLength > 2 ** 20) flush();
    },
    digest() {
      flush();
      return hash.digest('hex');
    },
  };
}

function canonicalRow(sample: Sample, imageIdentity: string | null): string {
  const attributes = Object.entries(sample.attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([
    sample.sampleId,
    sample.split,
    sample.question,
    sample.choices,
    sample.answerIndex,
    sample.context,
    sample.rationale,
    sample.domain,
    sample.topic,
    sample.category,
    attributes,
    imageIdentity,
  ]);
}
