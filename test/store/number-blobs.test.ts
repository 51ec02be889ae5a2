import { describe, expect, it } from 'vitest';
import { packHalves, packIntegers, packReals, packSlotSet, unpackNumbers } from '../../src/main/store/number-blobs.ts';
import { expectFailure } from '../support/expect-failure.ts';

const range = (count: number, first = 0): number[] => Array.from({ length: count }, (_, index) => first + index);

describe('lists of numbers as blobs', () => {
  it.each([
    ['nothing', [], 1],
    ['small slots in any order', [99, 3, 40], 4],
    ['slots of a large grid', [0, 256, 1023], 7],
    ['ranks beyond 16 bits', [1, 70_000], 9],
  ])('integers: %s', (_, values, size) => {
    const blob = packIntegers(values);
    expect(unpackNumbers(blob)).toEqual(values);
    expect(blob).toHaveLength(size);
  });

  it.each([
    ['a full pool', range(100), 14],
    ['a pool with gaps', [0, 7, 8, 63, 99], 14],
    ['an empty pool', [], 1],
    ['one slot far out is shorter as a number', [4000], 3],
    ['what does not ascend keeps its order', [5, 2], 3],
  ])('pools: %s', (_, slots, size) => {
    const blob = packSlotSet(slots);
    expect(unpackNumbers(blob)).toEqual(slots);
    expect(blob).toHaveLength(size);
  });

  it('scores of the engine take four bytes, others eight, and none changes', () => {
    const single = [0.1, 0.25, 1e-9].map(Math.fround);
    expect(unpackNumbers(packReals(single))).toEqual(single);
    expect(packReals(single)).toHaveLength(13);
    const double = [0.1, 1 / 3];
    expect(unpackNumbers(packReals(double))).toEqual(double);
    expect(packReals(double)).toHaveLength(17);
    expect(Object.is(unpackNumbers(packReals([-0]))[0], -0)).toBe(true);
  });

  it('attention keeps about three digits in two bytes', () => {
    const attention = range(100).map((slot) => 0.5 / (slot + 1));
    const blob = packHalves(attention);
    expect(blob).toHaveLength(201);
    unpackNumbers(blob).forEach((value, slot) => {
      const original = attention[slot] ?? 0;
      expect(Math.abs(value - original) / original).toBeLessThan(2 ** -11);
    });
  });

  it('a blob with an unknown tag is damage, not a crash', async () => {
    await expectFailure(() => unpackNumbers(new Uint8Array([77, 1, 2])), 'store-damaged');
    await expectFailure(() => unpackNumbers(new Uint8Array()), 'store-damaged');
  });
});
