/** Loops that work side by side, and calls that take turns. */
import { describe, expect, it } from 'vitest';
import { PenumbraFailure } from '../../src/shared/failure.ts';
import { threadsOfEngine } from '../../src/main/runs/engine-threads.ts';
import { inTurn } from '../../src/main/runs/in-turn.ts';
import { sideBySide } from '../../src/main/runs/side-by-side.ts';

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const failure = (message: string): PenumbraFailure => new PenumbraFailure({ kind: 'io', message });

describe('loops side by side', () => {
  it('let the others finish what they have in hand when one fails', async () => {
    const done: string[] = [];
    const loops = [
      async () => {
        await wait(5);
        throw failure('first');
      },
      async (isHalted: () => boolean) => {
        while (!isHalted()) await wait(20);
        done.push('finished');
        throw failure('second');
      },
    ];
    await expect(sideBySide(loops)).rejects.toThrow('first');
    expect(done).toEqual(['finished']);
  });

  it('tell a bug before a failure, and all results otherwise', async () => {
    await expect(
      sideBySide([() => Promise.reject(failure('first')), () => Promise.reject(new Error('a bug'))]),
    ).rejects.toThrow('a bug');
    expect((await sideBySide([() => Promise.resolve(1), () => Promise.resolve(2)])).toSorted((a, b) => a - b)).toEqual([
      1, 2,
    ]);
  });
});

describe('calls in turn', () => {
  it('never overlap, keep their order, and one that fails holds up nobody', async () => {
    let atWork = 0;
    const seen: number[] = [];
    const work = inTurn(async (number: number, ms: number) => {
      atWork += 1;
      expect(atWork).toBe(1);
      await wait(ms);
      atWork -= 1;
      seen.push(number);
      if (number === 2) throw failure('two');
      return number * 10;
    });
    const calls = await Promise.allSettled([work(1, 20), work(2, 1), work(3, 0)]);
    expect(seen).toEqual([1, 2, 3]);
    expect(calls.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(calls[2]).toMatchObject({ value: 30 });
  });
});

describe('threads of engines that share a processor', () => {
  it.each([
    [8, 2, [4, 4]],
    [10, 4, [3, 3, 2, 2]],
    [2, 3, [1, 1, 1]],
    [1, 1, [1]],
  ])('%i cores for %i engines', (cores, engines, expected) => {
    expect(expected.map((_, index) => threadsOfEngine(index, engines, cores))).toEqual(expected);
  });
});
