/** Short reads one after the other: the same bytes whichever way they come, and turns for the thread's other work. */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openByteRanges } from '../../src/main/datasets/byte-ranges.ts';
import { expectFailure } from '../support/expect-failure.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const newFolder = temporaryFolders();
const content = randomBytes(50_000);

async function opened() {
  const path = join(await newFolder(), 'some.bin');
  await writeFile(path, content);
  return openByteRanges(path, 'some.bin');
}

test('twenty thousand short reads give the bytes, and let other work run between them', async () => {
  const bytes = await opened();
  let otherWork = 0;
  let isOver = false;
  const work = (): void => {
    otherWork += 1;
    if (!isOver) setImmediate(work);
  };
  setImmediate(work);
  const sizes = new Set<number>();
  for (let index = 0; index < 20_000; index++) {
    const start = (index * 7919) % 49_000;
    const answer = bytes.readNext(start, start + 20, start + 200);
    const read = answer instanceof Promise ? await answer : answer;
    sizes.add(read.length);
    if (!read.equals(content.subarray(start, start + read.length))) expect.fail(`other bytes at ${start}`);
  }
  isOver = true;
  await bytes.close();
  expect(sizes).toStrictEqual(new Set([20, 200]));
  expect(otherWork).toBeGreaterThan(1);
});

test('short reads outside the file fail, typed', async () => {
  const bytes = await opened();
  await expectFailure(async () => bytes.readNext(49_990, 50_001, 50_001), 'malformed-file');
  await expectFailure(async () => bytes.readNext(-1, 3, 3), 'malformed-file');
  await bytes.close();
});
