/** Reads in a thread of their own: what it answers, how it fails, and what happens to those who do not wait. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createReaderLane, type ReaderLane } from '../../src/main/runs/reader/reader-lane.ts';
import { storeReads } from '../../src/main/runs/reader/store-reads.ts';
import { openStore, type Store } from '../../src/main/store/store.ts';
import { expectFailure } from '../support/expect-failure.ts';
import { fillQuestionStore } from '../support/question-store.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const entry = fileURLToPath(new URL('../../src/main/runs/reader/reader-worker.ts', import.meta.url));
const newFolder = temporaryFolders();
let store: Store;
let lane: ReaderLane;

beforeEach(async () => {
  store = openStore(join(await newFolder(), 'store.sqlite'));
  fillQuestionStore(store);
  lane = createReaderLane(entry, { storePath: store.path });
});
afterEach(async () => {
  await lane.close();
  store.close();
});

const input = { runId: 'FIRST', where: ['domain=science', 'text=kettle'], limit: 10, offset: 3 };

describe('a reader', () => {
  it('answers as this thread does, in order, and sees what is written meanwhile', async () => {
    const [list, facets] = await Promise.all([
      lane.ask({ name: 'listQuestions', input }),
      lane.ask({ name: 'countQuestions', input }),
    ]);
    expect(list).toEqual(storeReads.listQuestions(store, input));
    expect(facets).toEqual(storeReads.countQuestions(store, input));
    const sampleRow = store.samples.ofRun(1, 'sample-5')?.sampleRow ?? 0;
    store.annotations.changeTags([sampleRow], { add: ['fresh'] });
    const tagged = { ...input, where: ['tag=fresh'], offset: 0 };
    expect(await lane.ask({ name: 'listQuestions', input: tagged })).toMatchObject({ total: 1 });
  });

  it('fails as typed failures do, and goes on', async () => {
    const unknown = { ...input, runId: 'NOBODY' };
    await expectFailure(() => lane.ask({ name: 'listQuestions', input: unknown }), 'not-found');
    const odd = { ...input, where: ['nonsense=1'] };
    await expectFailure(() => lane.ask({ name: 'listQuestions', input: odd }), 'wrong-usage');
    expect(await lane.ask({ name: 'listQuestions', input })).toMatchObject({
      rows: storeReads.listQuestions(store, input).rows,
    });
  });

  it('drops a question whose asker has gone, and answers the next', async () => {
    const gone = new AbortController();
    const first = lane.ask({ name: 'listQuestions', input });
    const dropped = lane.ask({ name: 'countQuestions', input }, gone.signal);
    const last = lane.ask({ name: 'listQuestions', input });
    gone.abort(new Error('superseded'));
    await expect(dropped).rejects.toThrow('superseded');
    expect(await last).toEqual(await first);
  });

  it('that is closed refuses those who wait', async () => {
    const waiting = lane.ask({ name: 'listQuestions', input });
    const refused = expectFailure(() => waiting, 'cancelled');
    await lane.close();
    await refused;
  });

  it('whose thread cannot start says so to each asker', async () => {
    const broken = createReaderLane(entry, { storePath: join(await newFolder(), 'no-store.sqlite') });
    await expect(broken.ask({ name: 'listQuestions', input })).rejects.toThrow(/There is no store/);
    await expect(broken.ask({ name: 'listQuestions', input })).rejects.toThrow(/There is no store/);
    await broken.close();
  });
});
