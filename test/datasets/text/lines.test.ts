/** Lines out of files: numbers, ends, encodings, limits. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readLines } from '../../../src/main/datasets/text/lines.ts';
import { temporaryFolders } from '../../support/temp-folder.ts';
import { expectFailure } from '../../support/expect-failure.ts';

const newFolder = temporaryFolders();

async function linesOf(content: string | Uint8Array, maxLineBytes?: number): Promise<[number, string][]> {
  const path = join(await newFolder(), 'x.txt');
  writeFileSync(path, content);
  const lines: [number, string][] = [];
  const options = { file: 'x.txt', ...(maxLineBytes !== undefined && { maxLineBytes }) };
  for await (const batch of readLines(path, options)) {
    for (const line of batch) lines.push([line.row, line.kind === 'line' ? line.text : line.failure.kind]);
  }
  return lines;
}

test.each<[string, string | Uint8Array, [number, string][]]>([
  [
    'plain',
    'a\nb\n',
    [
      [1, 'a'],
      [2, 'b'],
    ],
  ],
  [
    'without a last line end',
    'a\nb',
    [
      [1, 'a'],
      [2, 'b'],
    ],
  ],
  [
    'Windows line ends',
    'a\r\nb\r\n',
    [
      [1, 'a'],
      [2, 'b'],
    ],
  ],
  ['blank lines are counted, not given', '\n \na\n\n', [[3, 'a']]],
  ['a byte-order mark is dropped', '\uFEFFa\n', [[1, 'a']]],
  ['an empty file', '', []],
  [
    'bytes that are not UTF-8',
    Buffer.from([0x61, 0x0a, 0xff, 0x0a, 0x62]),
    [
      [1, 'a'],
      [2, 'wrong-encoding'],
      [3, 'b'],
    ],
  ],
])('%s', async (_, content, lines) => {
  expect(await linesOf(content)).toStrictEqual(lines);
});

test('a line beyond the limit is reported and skipped', async () => {
  const long = 'x'.repeat(3 * 2 ** 20);
  expect(await linesOf(`a\n${long}\nb\n${long}`, 2 ** 21)).toStrictEqual([
    [1, 'a'],
    [2, 'malformed-row'],
    [3, 'b'],
    [4, 'malformed-row'],
  ]);
});

test('a line that crosses reads keeps its characters whole', async () => {
  const long = '€'.repeat(2 ** 20);
  expect(await linesOf(`a\n${long}\n`)).toStrictEqual([
    [1, 'a'],
    [2, long],
  ]);
});

test.each([
  ['UTF-16, little end first, marked', Buffer.from('\uFEFFab', 'utf16le')],
  ['UTF-16, unmarked', Buffer.from('ab', 'utf16le')],
  ['UTF-16, big end first', Buffer.from('ab', 'utf16le').swap16()],
  ['UTF-32', Buffer.from([0, 0, 0xfe, 0xff, 0, 0, 0, 0x61])],
])('%s is refused', async (_, content) => {
  const failure = await expectFailure(() => linesOf(content), 'wrong-encoding');
  expect(failure).toMatchObject({ file: 'x.txt', place: 'line 1', expected: 'UTF-8' });
});
