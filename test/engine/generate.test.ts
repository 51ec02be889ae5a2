/** Generation: the argmax rule, when rows end, and that a row which ends leaves the others alone. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { argmax, generate, type GeneratedTokens, type RowGeneration } from '../../src/main/engine/generate.ts';
import type { LanguageModel } from '../../src/main/engine/language-model.ts';
import { plainPositions } from '../../src/main/backbones/positions.ts';
import { temporaryFolders } from '../support/temp-folder.ts';
import { importTiny, openTiny } from '../support/tiny-bundles.ts';

describe('argmax', () => {
  it.each([
    { values: [1, 3, 2], index: 1 },
    { values: [2, 2, 2], index: 0 },
    { values: [-5, -1, -1, -3], index: 1 },
    { values: [-0, 0], index: 0 },
    { values: [Number.NEGATIVE_INFINITY, -1e30], index: 1 },
    { values: [0, 1, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY], index: 2 },
  ])('of $values is at $index: the lowest of equals', ({ values, index }) => {
    expect(argmax(Float32Array.from(values))).toBe(index);
  });
});

const newFolder = temporaryFolders();
let model: LanguageModel;
beforeAll(async () => {
  const path = join(await newFolder(), 'bundle');
  await importTiny('tiny-untied', path);
  model = await openTiny(path, null);
});
afterAll(() => model.dispose());

/** Decodes after prompts of plain tokens, one row for each. */
async function decode(
  prompts: readonly (readonly number[])[],
  options: Pick<RowGeneration, 'maxTokens' | 'endTokens'>,
  ofRow: (row: number) => Partial<RowGeneration> = () => ({}),
): Promise<GeneratedTokens[]> {
  const batch = model.startBatch(prompts.length);
  await batch.feed(
    prompts.map((prompt) => ({ embeds: model.embed(prompt), positions: plainPositions(prompt.length) })),
  );
  const rows = prompts.map(({ length }, row) => ({ ...options, nextPosition: length, ...ofRow(row) }));
  return (await generate(model, batch, rows)).rows;
}

const prompts = [
  [10, 20, 30],
  [40, 50, 60, 70, 80, 90],
  [5, 4],
];
const idsOf = (generated: readonly GeneratedTokens[]): number[][] => generated.map(({ tokenIds }) => tokenIds);

describe('generate', () => {
  it('stops every row at the limit', async () => {
    const generated = await decode(prompts, { maxTokens: 5, endTokens: [] });
    expect(generated.map(({ finishReason }) => finishReason)).toEqual(['length', 'length', 'length']);
    expect(idsOf(generated).map(({ length }) => length)).toEqual([5, 5, 5]);
    expect(idsOf(await decode(prompts, { maxTokens: 1, endTokens: [] }))).toEqual(
      idsOf(generated).map((ids) => ids.slice(0, 1)),
    );
  });

  it('ends a row with its end token, which counts, and the others go on unchanged', async () => {
    const free = idsOf(await decode(prompts, { maxTokens: 8, endTokens: [] }));
    const end = free[1]?.find((id, index) => index > 0 && !free[0]?.includes(id) && !free[2]?.includes(id));
    if (end === undefined) throw new Error(`the rows share their tokens: ${JSON.stringify(free)}`);
    const generated = await decode(prompts, { maxTokens: 8, endTokens: [end] });
    expect(generated.map(({ finishReason }) => finishReason)).toEqual(['length', 'end', 'length']);
    expect(generated[1]?.tokenIds).toEqual(free[1]?.slice(0, free[1].indexOf(end) + 1));
    expect([generated[0]?.tokenIds, generated[2]?.tokenIds]).toEqual([free[0], free[2]]);
  });

  it('ends at the limit with `end` when the last token is an end token', async () => {
    const [first] = idsOf(await decode(prompts, { maxTokens: 3, endTokens: [] }));
    const third = first?.[2] ?? -1;
    const position = first?.indexOf(third) ?? -1;
    const generated = await decode(prompts, { maxTokens: position + 1, endTokens: [third] });
    expect(generated[0]).toMatchObject({ finishReason: 'end' });
    expect(generated[0]?.tokenIds).toHaveLength(position + 1);
  });

  it('asks each row for its tokens, with what it generated before', async () => {
    const seen: number[][] = prompts.map(() => []);
    const generated = await decode(prompts, { maxTokens: 4, endTokens: [] }, (row) => ({
      choose: (logits, before) => {
        expect(logits).toHaveLength(model.bundle.text.vocabularySize);
        expect(before).toEqual(seen[row]);
        const token = row === 1 ? 7 : argmax(logits);
        seen[row]?.push(token);
        return token;
      },
    }));
    expect(idsOf(generated)).toEqual(seen);
    expect(idsOf(generated)[1]).toEqual([7, 7, 7, 7]);
  });

  it('stops a row where its text ends, and says so', async () => {
    const free = idsOf(await decode(prompts, { maxTokens: 6, endTokens: [] }));
    const generated = await decode(prompts, { maxTokens: 6, endTokens: [] }, (row) =>
      row === 0 ? { isStopped: (before) => before.length === 3 } : {},
    );
    expect(generated.map(({ finishReason }) => finishReason)).toEqual(['stop', 'length', 'length']);
    expect(idsOf(generated)).toEqual([free[0]?.slice(0, 3), free[1], free[2]]);
  });

  it('appends embeddings in the middle, as if they had been tokens', async () => {
    const [free] = idsOf(await decode([[10, 20, 30]], { maxTokens: 3, endTokens: [] }));
    if (free === undefined) throw new Error('nothing was generated');
    const inserted = [41, 42, 43];
    // The same sequence, as one prompt: what was generated, then the inserted tokens.
    const [wanted] = idsOf(
      await decode([[10, 20, 30, ...free.slice(0, 2), ...inserted]], { maxTokens: 4, endTokens: [] }),
    );
    const generated = await decode(
      [
        [10, 20, 30],
        [5, 4],
      ],
      { maxTokens: 6, endTokens: [] },
      (row) =>
        row === 0
          ? {
              insertAfter: (before, _, next) =>
                before.length === 2
                  ? { embeds: model.embed(inserted), positions: plainPositions(inserted.length, next) }
                  : null,
            }
          : {},
    );
    expect(idsOf(generated)[0]).toEqual([...free.slice(0, 2), ...(wanted ?? [])]);
    expect(idsOf(generated)[1]).toEqual(idsOf(await decode([[5, 4]], { maxTokens: 6, endTokens: [] }))[0]);
  });

  it('keeps the cache of rows that stay, and lets others go', async () => {
    const batch = model.startBatch(prompts.length);
    await batch.feed(prompts.map((ids) => ({ embeds: model.embed(ids), positions: plainPositions(ids.length) })));
    const { rows, left } = await generate(
      model,
      batch,
      prompts.map(({ length }, row) => ({ maxTokens: row + 2, endTokens: [], nextPosition: length, stays: row !== 1 })),
    );
    expect(left).toEqual([0, 2]);
    expect(batch.rowCount).toBe(2);
    // What the first row would say next, its last token read, is what it says in one go.
    const last = rows[0]?.tokenIds.slice(-1) ?? [];
    await batch.feed([{ embeds: model.embed(last), positions: plainPositions(1, 4) }, null]);
    const [logits] = await model.logits([batch.state(0).hidden]);
    const [longer] = idsOf(await decode(prompts.slice(0, 1), { maxTokens: 3, endTokens: [] }));
    expect(argmax(logits ?? new Float32Array())).toBe(longer?.[2]);
    batch.dispose();
  });

  it('gives rows the times at which they ended', async () => {
    for (const { decodeMs } of await decode(prompts, { maxTokens: 3, endTokens: [] })) {
      expect(decodeMs).toBeGreaterThan(0);
    }
  });
});
