/** Rows of a batch against the same rows fed alone: padding, pauses and leaving rows must not show. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deviceSettings } from '../../src/main/engine/devices.ts';
import type { LanguageModel } from '../../src/main/engine/language-model.ts';
import type { RowFeed, RowState, SequenceBatch } from '../../src/main/engine/sequence-batch.ts';
import { plainPositions } from '../../src/main/backbones/positions.ts';
import { expectClose } from '../support/expect-close.ts';
import { seededNumbers } from '../support/seeded-numbers.ts';
import { temporaryFolders } from '../support/temp-folder.ts';
import { importTiny, openTiny } from '../support/tiny-bundles.ts';

const newFolder = temporaryFolders();
let model: LanguageModel;
let size: number;
beforeAll(async () => {
  const path = join(await newFolder(), 'bundle');
  await importTiny('tiny-untied', path);
  model = await openTiny(path, null);
  size = model.bundle.text.hiddenSize;
});
afterAll(() => model.dispose());

/** Positions `from` to `to` of the sequence of a seed: the same values whichever way it is cut. */
function piece(seed: number, from: number, to: number): NonNullable<RowFeed> {
  const embeds = seededNumbers(320 * size, seed).slice(from * size, to * size);
  return { embeds, positions: plainPositions(to - from, from) };
}

/** The state after one row was fed `pieces` of `seed`'s sequence, alone. */
async function alone(seed: number, ...ends: number[]): Promise<RowState> {
  const batch = model.startBatch(1);
  let from = 0;
  for (const to of ends) {
    await batch.feed([piece(seed, from, to)]);
    from = to;
  }
  return batch.state(0);
}

function expectSameState(actual: RowState, expected: RowState, label: string): void {
  expectClose(actual.hidden, expected.hidden, { relativeToLargest: 2e-6 }, `${label}: hidden`);
  expectClose(actual.attention, expected.attention, { absolute: 1e-6 }, `${label}: attention`);
  expectClose(actual.attentionByLayer(), expected.attentionByLayer(), { absolute: 1e-6 }, `${label}: by layer`);
}

describe('a row', () => {
  it('has attention over its own positions, which adds up to 1 and is the mean of the layers', async () => {
    const batch = model.startBatch(2);
    await batch.feed([piece(1, 0, 7), piece(2, 0, 19)]);
    for (const [row, count] of [7, 19].entries()) {
      const { attention, ...state } = batch.state(row);
      const attentionByLayer = state.attentionByLayer();
      const { layerCount } = model.bundle.text;
      expect(attention).toHaveLength(count);
      expect(attentionByLayer).toHaveLength(layerCount * count);
      expect(attention.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
      const mean = attention.map((_, t) => {
        let sum = 0;
        for (let layer = 0; layer < layerCount; layer++) sum += attentionByLayer[layer * count + t] ?? Number.NaN;
        return sum / layerCount;
      });
      expectClose(attention, mean, { absolute: 1e-7 }, 'mean over layers');
    }
  });

  it('goes on from where it was rewound to, as if it had never gone further, and leaves the others alone', async () => {
    const batch = model.startBatch(2);
    await batch.feed([piece(1, 0, 12), piece(2, 0, 9)]);
    const before = batch.state(0);
    const layersBefore = [...before.attentionByLayer()];
    const other = batch.state(1);
    batch.rewind(0, 5);
    expect(() => batch.state(0)).toThrow('never fed');
    expect([...before.attentionByLayer()]).toEqual(layersBefore);
    const { embeds } = piece(3, 0, 8);
    await batch.feed([{ embeds, positions: plainPositions(8, 5) }, null]);
    const wanted = model.startBatch(1);
    await wanted.feed([piece(1, 0, 5)]);
    await wanted.feed([{ embeds, positions: plainPositions(8, 5) }]);
    expectSameState(batch.state(0), wanted.state(0), 'rewound');
    expect(batch.state(1)).toBe(other);
    await batch.feed([null, piece(2, 9, 14)]);
    expectSameState(batch.state(1), await alone(2, 9, 14), 'the other row');
    expect(() => batch.rewind(0, 14)).toThrow('no 14 positions');
  });

  it('gives the same whether its positions come at once or in pieces', async () => {
    const whole = await alone(3, 30);
    expectSameState(await alone(3, 10, 11, 30), whole, '10 + 1 + 19');
    expectSameState(await alone(3, ...Array.from({ length: 30 }, (_, index) => index + 1)), whole, 'one by one');
  });

  it('gives the same where it is longer than what goes into the decoder at once', async () => {
    expect(deviceSettings.cpu.positionsAtOnce).toBeLessThan(320);
    expectSameState(await alone(3, 320), await alone(3, 100, 200, 320), 'one feed, two runs');
  });

  it('depends on where it is: other positions give another state', async () => {
    const batch = model.startBatch(1);
    await batch.feed([{ ...piece(3, 0, 30), positions: plainPositions(30, 5) }]);
    const shifted = batch.state(0);
    const plain = await alone(3, 30);
    // RoPE is relative: a shift of the whole row changes nothing, a gap inside it does.
    expectClose(shifted.hidden, plain.hidden, { relativeToLargest: 1e-3 }, 'shifted');
    const gapped = model.startBatch(1);
    await gapped.feed([piece(3, 0, 15)]);
    await gapped.feed([{ ...piece(3, 15, 30), positions: plainPositions(15, 25) }]);
    expect(() => expectSameState(gapped.state(0), plain, 'gap')).toThrow('differs by');
  });
});

describe('rows of different lengths', () => {
  it('equal the same rows alone, in the first feed and the following', async () => {
    const batch = model.startBatch(3);
    await batch.feed([piece(1, 0, 5), piece(2, 0, 30), piece(3, 0, 12)]);
    expectSameState(batch.state(0), await alone(1, 5), 'row 0');
    expectSameState(batch.state(1), await alone(2, 30), 'row 1');
    expectSameState(batch.state(2), await alone(3, 12), 'row 2');
    await batch.feed([piece(1, 5, 12), piece(2, 30, 31), piece(3, 12, 16)]);
    expectSameState(batch.state(0), await alone(1, 5, 12), 'row 0, later');
    expectSameState(batch.state(1), await alone(2, 30, 31), 'row 1, later');
    expectSameState(batch.state(2), await alone(3, 12, 16), 'row 2, later');
  });

  it('equal the same rows alone where together they are more than goes into the decoder at once', async () => {
    const batch = model.startBatch(3);
    await batch.feed([piece(1, 0, 250), piece(2, 0, 30), null]);
    expectSameState(batch.state(0), await alone(1, 250), 'row 0');
    expectSameState(batch.state(1), await alone(2, 30), 'row 1, nothing but padding in the first runs');
    expect(() => batch.state(2)).toThrow('never fed');
    await batch.feed([piece(1, 250, 251), piece(2, 30, 120), piece(3, 0, 101)]);
    expectSameState(batch.state(0), await alone(1, 250, 251), 'row 0, later');
    expectSameState(batch.state(1), await alone(2, 30, 120), 'row 1, later');
    expectSameState(batch.state(2), await alone(3, 101), 'row 2, late');
  });

  it('a row that feeds nothing keeps its state, and goes on as if nothing had been', async () => {
    const batch = model.startBatch(2);
    await batch.feed([piece(1, 0, 9), piece(2, 0, 4)]);
    const before = batch.state(0);
    await batch.feed([null, piece(2, 4, 20)]);
    expect(batch.state(0)).toBe(before);
    await batch.feed([{ embeds: new Float32Array(0), positions: plainPositions(0) }, piece(2, 20, 21)]);
    expect(batch.state(0)).toBe(before);
    await batch.feed([piece(1, 9, 11), null]);
    expectSameState(batch.state(0), await alone(1, 9, 11), 'after the pause');
    expectSameState(batch.state(1), await alone(2, 4, 20, 21), 'the other');
  });

  it('a row may start when others are already there', async () => {
    const batch = model.startBatch(2);
    await batch.feed([piece(1, 0, 9), null]);
    expect(() => batch.state(1)).toThrow('never fed');
    await batch.feed([piece(1, 9, 10), piece(2, 0, 6)]);
    expectSameState(batch.state(1), await alone(2, 6), 'late');
    expectSameState(batch.state(0), await alone(1, 9, 10), 'early');
  });

  it('nothing happens when no row feeds', async () => {
    const batch = model.startBatch(2);
    await batch.feed([piece(1, 0, 3), piece(2, 0, 3)]);
    const states = [batch.state(0), batch.state(1)];
    await batch.feed([null, null]);
    expect([batch.state(0), batch.state(1)]).toEqual(states);
  });
});

describe('keep', () => {
  const started = async (): Promise<SequenceBatch> => {
    const batch = model.startBatch(3);
    await batch.feed([piece(1, 0, 5), piece(2, 0, 17), piece(3, 0, 11)]);
    return batch;
  };

  it('drops rows; the others go on as they would alone', async () => {
    const batch = await started();
    await batch.keep([0, 2]);
    expect(batch.rowCount).toBe(2);
    expectSameState(batch.state(1), await alone(3, 11), 'moved up');
    await batch.feed([piece(1, 5, 6), piece(3, 11, 14)]);
    expectSameState(batch.state(0), await alone(1, 5, 6), 'first');
    expectSameState(batch.state(1), await alone(3, 11, 14), 'third');
  });

  it('puts rows into another order', async () => {
    const batch = await started();
    await batch.keep([2, 0, 1]);
    await batch.feed([piece(3, 11, 12), piece(1, 5, 6), piece(2, 17, 18)]);
    expectSameState(batch.state(0), await alone(3, 11, 12), 'third');
    expectSameState(batch.state(1), await alone(1, 5, 6), 'first');
    expectSameState(batch.state(2), await alone(2, 17, 18), 'second');
  });

  it('keeps all, or none', async () => {
    const batch = await started();
    await batch.keep([0, 1, 2]);
    expect(batch.rowCount).toBe(3);
    await batch.keep([]);
    expect(batch.rowCount).toBe(0);
  });

  it('refuses a row that does not exist', async () => {
    const batch = await started();
    await expect(batch.keep([0, 3])).rejects.toThrow('row 3');
  });
});

describe('mistakes of a method are refused', () => {
  it.each([
    { what: 'too few feeds', feeds: () => [piece(1, 0, 2)], message: '1 feeds for 2 rows' },
    {
      what: 'part of an embedding',
      feeds: () => [{ embeds: new Float32Array(size + 1), positions: plainPositions(1) }, null],
      message: 'row 0',
    },
    {
      what: 'more positions than embeddings',
      feeds: () => [null, { embeds: new Float32Array(size), positions: plainPositions(2) }],
      message: 'row 1',
    },
  ])('$what', async ({ feeds, message }) => {
    await expect(model.startBatch(2).feed(feeds())).rejects.toThrow(message);
  });
});
