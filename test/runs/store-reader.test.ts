/** Reads in a thread of their own: what it answers, how it fails, and what happens to those who do not wait. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createReaderLane, type ReaderLane } from '../../src/main/runs/reader/reader-lane.ts';
import { storeReads } from '../../src/main/runs/reader/store-reads.ts';
import { openConnection } from '../../src/main/store/connection.ts';
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
  lane = createReaderLane(entry, { storePath: store.path, othersAtWork: null });
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

  it('checks the whole store, and finds what refers to nothing', async () => {
    expect(await lane.ask({ name: 'integrity', input: null })).toBe('ok');
    const broken = openConnection(store.path, { readOnly: false, mustExist: true, busyTimeoutMs: 1000 });
    broken.pragma('foreign_keys = OFF');
    broken.run('DELETE FROM strata');
    broken.close();
    expect(await lane.ask({ name: 'integrity', input: null })).toMatch(/refers to nothing/);
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

  it('leaves a walk off whose asker has gone, and answers the next', async () => {
    const gone = new AbortController();
    const walk = lane.ask({ name: 'attention', input: { runId: 'FIRST', where: [], scorer: 'strict' } }, gone.signal);
    const after = lane.ask({ name: 'listQuestions', input });
    expect(lane.askedCount()).toBe(2);
    gone.abort(new Error('not wanted'));
    await expect(walk).rejects.toThrow('not wanted');
    expect(await after).toEqual(storeReads.listQuestions(store, input));
    expect(lane.askedCount()).toBe(0);
  });

  it('that is closed refuses those who wait', async () => {
    const waiting = lane.ask({ name: 'listQuestions', input });
    const refused = expectFailure(() => waiting, 'cancelled');
    await lane.close();
    await refused;
  });

  it('whose store is not there says so to each asker, and answers once it is', async () => {
    const storePath = join(await newFolder(), 'no-store.sqlite');
    const early = createReaderLane(entry, { storePath, othersAtWork: null });
    for (let asked = 0; asked < 2; asked += 1)
      await expectFailure(() => early.ask({ name: 'listQuestions', input }), 'not-found');
    const later = openStore(storePath);
    fillQuestionStore(later);
    expect(await early.ask({ name: 'listQuestions', input })).toEqual(storeReads.listQuestions(later, input));
    await early.close();
    later.close();
  });

  it('whose thread cannot start says so to each asker', async () => {
    const broken = createReaderLane(join(await newFolder(), 'no-entry.js'), {
      storePath: store.path,
      othersAtWork: null,
    });
    for (let asked = 0; asked < 2; asked += 1)
      await expect(broken.ask({ name: 'listQuestions', input })).rejects.toThrow(/Cannot find module/);
    await broken.close();
  });
});
