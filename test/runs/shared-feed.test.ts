/** One queue for several engines: every batch once, none left lying while an engine is idle. */
import { describe, expect, it } from 'vitest';
import type { FedBatch, QuestionFeed } from '../../src/main/runs/question-feed.ts';
import { shareFeed } from '../../src/main/runs/shared-feed.ts';

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Batches that are told apart by being other objects; notes how often two reads overlapped. */
function queueOf(batchCount: number): QuestionFeed & { batches: readonly FedBatch[]; overlaps: () => number } {
  const batches = Array.from({ length: batchCount }, (): FedBatch => ({ questions: [], unreadable: [] }));
  let position = 0;
  let reading = 0;
  let overlapping = 0;
  return {
    batches,
    overlaps: () => overlapping,
    next: async () => {
      reading += 1;
      if (reading > 1) overlapping += 1;
      await wait(1);
      reading -= 1;
      const batch = batches[position] ?? null;
      position += 1;
      return batch;
    },
  };
}

describe('a shared feed', () => {
  it.each([
    [1, 7],
    [3, 20],
    [4, 2],
    [3, 0],
  ])('gives %i engines each of %i batches to exactly one', async (engineCount, batchCount) => {
    const queue = queueOf(batchCount);
    const shared = shareFeed(queue);
    const seen: FedBatch[] = [];
    await Promise.all(
      Array.from({ length: engineCount }, () => shared.open()).map(async (feed, index) => {
        for (let batch = await feed.next(4); batch !== null; batch = await feed.next(4)) {
          seen.push(batch);
          await wait(index * 3);
        }
      }),
    );
    expect(seen).toHaveLength(batchCount);
    expect(new Set(seen)).toEqual(new Set(queue.batches));
    expect(queue.overlaps()).toBe(0);
  });

  it('lets an idle engine take over the batch that a slow one has set aside', async () => {
    const queue = queueOf(4);
    const shared = shareFeed(queue);
    const [slow, quick] = [shared.open(), shared.open()];
    const first = await slow.next(4);
    const others = [await quick.next(4), await quick.next(4), await quick.next(4)];
    expect(new Set([first, ...others])).toEqual(new Set(queue.batches));
    expect(await quick.next(4)).toBeNull();
    expect(await slow.next(4)).toBeNull();
  });

  it('fails where the batch is asked for, and nowhere else', async () => {
    let reads = 0;
    const feed = shareFeed({
      next: async () => {
        reads += 1;
        if (reads === 2) throw new Error('unreadable');
        return { questions: [], unreadable: [] };
      },
    }).open();
    expect(await feed.next(4)).not.toBeNull();
    await wait(5);
    await expect(feed.next(4)).rejects.toThrow('unreadable');
  });
});
