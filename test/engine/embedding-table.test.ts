import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EmbeddingTable } from '../../src/main/engine/embedding-table.ts';
import { expectFailure } from '../support/expect-failure.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const newFolder = temporaryFolders();

async function tableOf(bytes: readonly number[], dtype: 'f32' | 'f16' | 'bf16', rows: number, size: number) {
  const path = join(await newFolder(), 'embeddings.bin');
  await writeFile(path, Uint8Array.from(bytes));
  return { path, table: new EmbeddingTable(path, dtype, rows, size) };
}

/** Rows of hand-made little-endian bytes, three rows of two. */
const encodings = {
  f32: {
    bytes: [
      [0x00, 0x00, 0x80, 0x3f, 0x00, 0x00, 0x20, 0xc0], // 1, -2.5
      [0xdb, 0x0f, 0x49, 0x40, 0x00, 0x00, 0x00, 0x00], // pi, 0
      [0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x80], // smallest subnormal, -0
    ],
    rows: [
      [1, -2.5],
      [Math.fround(Math.PI), 0],
      [2 ** -149, -0],
    ],
  },
  f16: {
    bytes: [
      [0x00, 0x3c, 0x00, 0xc1], // 1, -2.5
      [0x48, 0x42, 0xff, 0x7b], // 3.140625, 65504
      [0x01, 0x00, 0x00, 0x84], // smallest subnormal, -2^-14
    ],
    rows: [
      [1, -2.5],
      [3.140625, 65504],
      [2 ** -24, -(2 ** -14)],
    ],
  },
  bf16: {
    bytes: [
      [0x80, 0x3f, 0x20, 0xc0], // 1, -2.5
      [0x49, 0x40, 0x80, 0x7e], // 3.140625, 2^126
      [0x01, 0x00, 0x00, 0x80], // 2^-133 (a subnormal), -0
    ],
    rows: [
      [1, -2.5],
      [3.140625, 2 ** 126],
      [2 ** -133, -0],
    ],
  },
} as const;

describe.each(['f32', 'f16', 'bf16'] as const)('a table stored as %s', (dtype) => {
  const { bytes, rows } = encodings[dtype];

  it('gives rows in the order of the ids, repeated ones too', async () => {
    const { table } = await tableOf(bytes.flat(), dtype, 3, 2);
    expect([...table.lookup([2, 0, 1, 1])]).toEqual([rows[2], rows[0], rows[1], rows[1]].flat());
    expect(table.lookup([])).toHaveLength(0);
    table.dispose();
  });

  it.each([-1, 3, 0.5, Number.NaN])('refuses token %d', async (token) => {
    const { table, path } = await tableOf(bytes.flat(), dtype, 3, 2);
    const failure = await expectFailure(() => table.lookup([0, token]), 'malformed-tokenizer');
    expect(failure).toMatchObject({ file: path, expected: '0 to 2' });
    expect(failure.message).toContain(String(token));
    table.dispose();
  });

  it('refuses a file that ends too early', async () => {
    const { table } = await tableOf(bytes.flat().slice(0, -1), dtype, 3, 2);
    expect([...table.lookup([1])]).toEqual([...rows[1]]);
    const failure = await expectFailure(() => table.lookup([2]), 'malformed-bundle');
    expect(failure.place).toBe('row 2');
    table.dispose();
  });
});
