/**
 * Two ways to keep keys and values: appended in main memory, or as the decoder returned them, whole (what a device
 * with its own memory does, and what imports did that lack the other graph). To the last bit they are the same.
 */
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LanguageModel } from '../../src/main/engine/language-model.ts';
import { generate } from '../../src/main/engine/generate.ts';
import type { RowState, SequenceBatch } from '../../src/main/engine/sequence-batch.ts';
import { plainPositions } from '../../src/main/backbones/positions.ts';
import { bundleSchema, type Precision } from '../../src/shared/bundle.ts';
import { seededNumbers } from '../support/seeded-numbers.ts';
import { temporaryFolders } from '../support/temp-folder.ts';
import { importTiny, openTiny } from '../support/tiny-bundles.ts';

const newFolder = temporaryFolders();
const opened: LanguageModel[] = [];
let pairs: readonly Readonly<{ precision: Precision; appending: LanguageModel; whole: LanguageModel }>[];
beforeAll(async () => {
  const open = async (precision: Precision) => {
    const path = join(await newFolder(), 'bundle');
    await importTiny('tiny-untied', path, precision);
    const earlier = `${path}-earlier`;
    await cp(path, earlier, { recursive: true });
    await withoutAppending(earlier);
    const [appending, whole] = [await openTiny(path, null), await openTiny(earlier, null)];
    opened.push(appending, whole);
    return { precision, appending, whole };
  };
  pairs = [await open('f32'), await open('int4')];
});
afterAll(async () => {
  for (const model of opened) await model.dispose();
});

/** Makes a bundle what an earlier import made. */
async function withoutAppending(folder: string): Promise<void> {
  const file = join(folder, 'bundle.json');
  const { files, ...bundle } = bundleSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  const { decoderAppending = '', ...rest } = files;
  await rm(join(folder, decoderAppending));
  await writeFile(file, JSON.stringify({ ...bundle, files: rest }));
}

/** What three rows of 300, 40 and 7 positions come to over several feeds, with rows that leave or change places. */
async function states(model: LanguageModel): Promise<RowState[]> {
  const size = model.bundle.text.hiddenSize;
  const found: RowState[] = [];
  const fed = [0, 0, 0];
  const feed = async (batch: SequenceBatch, counts: readonly Readonly<{ row: number; count: number }>[]) => {
    await batch.feed(
      counts.map(({ row, count }) => {
        const from = fed[row] ?? 0;
        fed[row] = from + count;
        const embeds = seededNumbers((from + count) * size, row + 1).slice(from * size);
        return count === 0 ? null : { embeds, positions: plainPositions(count, from) };
      }),
    );
    found.push(...counts.map((_, index) => batch.state(index)));
  };
  const batch = model.startBatch(3);
  await feed(
    batch,
    [300, 40, 7].map((count, row) => ({ row, count })),
  );
  await feed(
    batch,
    [33, 1, 0].map((count, row) => ({ row, count })),
  );
  await batch.keep([2, 0]);
  await feed(batch, [
    { row: 2, count: 70 },
    { row: 0, count: 1 },
  ]);
  await batch.keep([1]);
  await feed(batch, [{ row: 0, count: 1 }]);
  batch.dispose();
  return found;
}

it('gives the same states, bit for bit', async () => {
  for (const { precision, appending, whole } of pairs) {
    const [ours, theirs] = [await states(appending), await states(whole)];
    expect(ours).toHaveLength(9);
    for (const [index, state] of ours.entries()) {
      const other = theirs[index];
      const label = `${precision}, state ${index}`;
      expect(state.hidden, label).toEqual(other?.hidden);
      expect(state.attention, label).toEqual(other?.attention);
      expect(state.attentionByLayer(), label).toEqual(other?.attentionByLayer());
      expect(
        state.hidden.some((value) => value !== 0 && Number.isFinite(value)),
        label,
      ).toBe(true);
    }
  }
});

it('gives the same tokens, rows finishing one by one', async () => {
  const tokensOf = async (model: LanguageModel): Promise<number[][]> => {
    const counts = [30, 12, 21];
    const batch = model.startBatch(counts.length);
    await batch.feed(
      counts.map((count, row) => ({
        embeds: model.embed(Array.from({ length: count }, (_, index) => (index * 31 + row * 7) % 400)),
        positions: plainPositions(count),
      })),
    );
    const lengths = [80, 20, 50];
    const { rows } = await generate(
      model,
      batch,
      counts.map((nextPosition, row) => ({ maxTokens: lengths[row] ?? 0, endTokens: [], nextPosition })),
    );
    batch.dispose();
    return rows.map(({ tokenIds }) => tokenIds);
  };
  for (const { precision, appending, whole } of pairs) {
    const tokens = await tokensOf(appending);
    expect(tokens, precision).toEqual(await tokensOf(whole));
    expect(tokens.map(({ length }) => length)).toEqual([80, 20, 50]);
  }
});
