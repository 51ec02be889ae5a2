/** CSV and TSV rows: cells, places, line numbers, and rows that cross the reads. */
import { writeFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readDelimited, type DelimitedRow } from '../../../src/main/datasets/text/delimited.ts';
import { temporaryFolders } from '../../support/temp-folder.ts';

const newFolder = temporaryFolders();

async function fileOf(content: string | Uint8Array): Promise<string> {
  const path = join(await newFolder(), 'x.csv');
  writeFileSync(path, content);
  return path;
}

type Plain = { row: number; cells: string[] } | { row: number; failure: string };

function plain(row: DelimitedRow): Plain {
  return row.kind === 'row'
    ? { row: row.row, cells: row.cells.map((cell) => cell.text()) }
    : { row: row.row, failure: row.failure.kind };
}

async function rowsOf(content: string | Uint8Array, maxRowBytes?: number): Promise<Plain[]> {
  const path = await fileOf(content);
  const rows: Plain[] = [];
  const options = { file: 'x.csv', delimiter: 'comma' as const, ...(maxRowBytes !== undefined && { maxRowBytes }) };
  for await (const batch of readDelimited(path, options)) rows.push(...batch.map(plain));
  return rows;
}

test.each<[string, string, Plain[]]>([
  [
    'plain cells',
    'a,b\n1,2\n',
    [
      { row: 1, cells: ['a', 'b'] },
      { row: 2, cells: ['1', '2'] },
    ],
  ],
  ['no line end at the end', 'a,b', [{ row: 1, cells: ['a', 'b'] }]],
  [
    'Windows line ends',
    'a,b\r\n"1",2\r\n',
    [
      { row: 1, cells: ['a', 'b'] },
      { row: 2, cells: ['1', '2'] },
    ],
  ],
  [
    'empty cells',
    ',,\n"",x,\n',
    [
      { row: 1, cells: ['', '', ''] },
      { row: 2, cells: ['', 'x', ''] },
    ],
  ],
  [
    'quotes, commas, line ends',
    '"a ""b""",",\n\n",c\nx\n',
    [
      { row: 1, cells: ['a "b"', ',\n\n', 'c'] },
      { row: 4, cells: ['x'] },
    ],
  ],
  [
    'blank lines',
    '\n\na\n\nb\n',
    [
      { row: 3, cells: ['a'] },
      { row: 5, cells: ['b'] },
    ],
  ],
  ['a byte-order mark', '\uFEFFa,b\n', [{ row: 1, cells: ['a', 'b'] }]],
  ['quotes inside plain cells', 'a "b",c\n', [{ row: 1, cells: ['a "b"', 'c'] }]],
  [
    'an unclosed quote costs its line',
    'a,"b\nc,d\n',
    [
      { row: 1, failure: 'malformed-row' },
      { row: 2, cells: ['c', 'd'] },
    ],
  ],
  [
    'text after a quote costs its line',
    '"a"b,c\nd\n',
    [
      { row: 1, failure: 'malformed-row' },
      { row: 2, cells: ['d'] },
    ],
  ],
])('%s', async (_, content, rows) => {
  expect(await rowsOf(content)).toStrictEqual(rows);
});

test('a row beyond the limit is skipped, the next is read', async () => {
  expect(await rowsOf(`a,"${'x'.repeat(300)}"\nb\n${'y'.repeat(300)}\nc\n`, 100)).toStrictEqual([
    { row: 1, failure: 'malformed-row' },
    { row: 2, cells: ['b'] },
    { row: 3, failure: 'malformed-row' },
    { row: 4, cells: ['c'] },
  ]);
});

describe('rows that cross the reads of 1 MiB', () => {
  test('are whole, with right lines and places', async () => {
    const big = 'é'.repeat(700_000);
    const content = `id,text\n${[0, 1, 2].map((n) => `${n},"${big}""${n}\n"\n`).join('')}last,x\n`;
    const path = await fileOf(content);
    const raw = readFileSync(path);
    const rows: Plain[] = [];
    for await (const batch of readDelimited(path, { file: 'x.csv', delimiter: 'comma' })) {
      for (const row of batch) {
        rows.push(plain(row));
        if (row.kind !== 'row') continue;
        for (const cell of row.cells) {
          const inFile = raw.toString('utf8', cell.startByte, cell.endByte).replaceAll('""', '"');
          expect(inFile === cell.text()).toBe(true);
        }
      }
    }
    expect(rows.map(({ row }) => row)).toStrictEqual([1, 2, 4, 6, 8]);
    expect(rows[2]).toStrictEqual({ row: 4, cells: ['1', `${big}"1\n`] });
  });
});
