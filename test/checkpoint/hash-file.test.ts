/** Streamed hashes against known values, with progress and cancelling. */
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hashFile } from '../../src/main/checkpoint/hash-file.ts';
import { expectFailure } from '../support/expect-failure.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const temporaryFolder = temporaryFolders();

async function withFile(bytes: Uint8Array): Promise<string> {
  const path = join(await temporaryFolder(), 'file');
  await writeFile(path, bytes);
  return path;
}

describe('hashFile', () => {
  it.each([
    // FIPS 180-2's own examples.
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  ])('hashes %j', async (text, sha256) => {
    const path = await withFile(Buffer.from(text));
    expect(await hashFile(path)).toEqual({ path, sizeBytes: text.length, sha256 });
  });

  it('hashes several chunks and reports each', async () => {
    const bytes = Buffer.alloc(20 * 1024 * 1024 + 3, 'latent');
    const counts: number[] = [];
    const { sha256 } = await hashFile(await withFile(bytes), { onBytes: (count) => counts.push(count) });
    expect(sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(counts.length).toBeGreaterThan(2);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(bytes.length);
  });

  it('stops when it is cancelled, and names a file that is not there', async () => {
    const path = await withFile(Buffer.alloc(10));
    await expectFailure(() => hashFile(path, { signal: AbortSignal.abort() }), 'cancelled');
    await expectFailure(() => hashFile(`${path}x`), 'missing-file');
  });
});
