/** Greedy decoding: the argmax rule, when rows end, and that a row which ends leaves the others alone. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { argmax, decodeGreedily, type GeneratedTokens, type GreedyOptions } from '../../src/main/engine/greedy.ts';
import type { LanguageModel } from '../../src/main/engine/language-model.ts';
import { plainPositions } from '../../src/main/vlm/qwen2-vl/rope.ts';
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
  options: Pick<GreedyOptions, 'maxTokens' | 'endTokens'> & Partial<GreedyOptions>,
): Promise<GeneratedTokens[]> {
  const batch = model.startBatch(prompts.length);
  await batch.feed(
    prompts.map((prompt) => ({ embeds: model.embed(prompt), positions: plainPositions(prompt.length) })),
  );
  return await decodeGreedily(model, batch, { ...options, nextPositions: prompts.map(({ length }) => length) });
}

const prompts = [
  [10, 20, 30],
  [40, 50, 60, 70, 80, 90],
  [5, 4],
];
const idsOf = (generated: readonly GeneratedTokens[]): number[][] => generated.map(({ tokenIds }) => tokenIds);

describe('decodeGreedily', () => {
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

  it('shows each row its first logits once, and takes their largest', async () => {
    const seen: { row: number; token: number }[] = [];
    const generated = await decode(prompts, {
      maxTokens: 4,
      endTokens: [],
      onFirstLogits: (row, logits) => {
        expect(logits).toHaveLength(model.bundle.text.vocabularySize);
        seen.push({ row, token: argmax(logits) });
      },
    });
    expect(seen).toEqual(idsOf(generated).map((ids, row) => ({ row, token: ids[0] })));
  });

  it('gives rows the times at which they ended', async () => {
    for (const { decodeMs } of await decode(prompts, { maxTokens: 3, endTokens: [] })) {
      expect(decodeMs).toBeGreaterThan(0);
    }
  });
});
