/** What is noticed in a store: runs of this process and of others, and rows that another process writes. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import type { ActiveRun } from '../../src/main/runs/active-run.ts';
import { followStore, type StoreChange } from '../../src/main/runs/follow-store.ts';
import { RunProgress } from '../../src/main/runs/run-progress.ts';
import { openStore } from '../../src/main/store/store.ts';
import { fail } from '../../src/shared/failure.ts';
import type { RunEvent } from '../../src/shared/run.ts';
import { createWorkplace, type Workplace } from '../support/run-workplace.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const newFolder = temporaryFolders();
const driver = fileURLToPath(new URL('../support/run-driver.ts', import.meta.url));
let place: Workplace;
let stop: () => void = () => undefined;

const seen: StoreChange[] = [];
const follow = (runs: ReturnType<Workplace['open']>['runs']): void => {
  seen.length = 0;
  stop = runs.follow((change) => seen.push(change));
};
const eventsOf = (runId: string): RunEvent[] =>
  seen.flatMap((change) => (change.kind === 'run' && change.event.runId === runId ? [change.event] : []));
const until = async (isSo: () => boolean): Promise<void> => {
  for (let waited = 0; !isSo(); waited += 50) {
    if (waited > 60_000) throw new Error(`never came; seen: ${JSON.stringify(seen.slice(-5))}`);
    await delay(50);
  }
};

afterEach(async () => {
  stop();
  await place.closeAll();
});

it('tells the progress of a run of this process, and its end', async () => {
  place = createWorkplace(await newFolder(), { questionCount: 40 });
  const { runs } = place.open({ batchMs: 200 });
  follow(runs);
  const { runId } = await runs.start(place.request());
  await until(() => eventsOf(runId).at(-1)?.status === 'finished');
  const events = eventsOf(runId);
  expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index));
  const counts = events.map(({ done }) => done);
  expect(counts).toEqual([...counts].sort((a, b) => a - b));
  expect(counts.at(-1)).toBe(40);
  expect(counts.some((done) => done > 0 && done < 40)).toBe(true);
  // The list changes with the run's start and its end, each at the next look at the store.
  await until(() => seen.filter(({ kind }) => kind === 'runs').length >= 2);
});

it('tells the end of a run whose engine takes its time to leave after the row has ended', async () => {
  place = createWorkplace(await newFolder(), { questionCount: 400 });
  const { runs, store } = place.open({ batchMs: 40 });
  const { runId } = await runs.start(place.request());
  let active: ActiveRun | undefined = {
    runId,
    progress: new RunProgress(runId, 400, { done: 0, correct: 0, failed: 0 }),
    stop: () => undefined,
    ended: Promise.resolve(),
  };
  seen.length = 0;
  stop = followStore(
    store,
    () => active,
    (change) => seen.push(change),
  );
  await until(() => eventsOf(runId).at(-1)?.status === 'running');
  await runs.pause({ runId, force: false });
  // Several looks at the store, whose row says `paused` by now.
  await delay(1500);
  expect(eventsOf(runId).at(-1)?.status).toBe('running');
  active = undefined;
  await until(() => eventsOf(runId).at(-1)?.status === 'paused');
});

it('tells the same of a run of another process, and that it was killed', async () => {
  place = createWorkplace(await newFolder(), { questionCount: 400 });
  const { runs } = place.open();
  follow(runs);
  const { storePath, dataset, model } = place;
  const request = { storePath, dataset, model, mode: 'new', engine: { batchMs: 40 } };
  const other = spawn(process.execPath, [driver, JSON.stringify(request)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const runId = await new Promise<string>((resolve) => {
    other.stdout.once('data', (text: Buffer) => resolve(text.toString().trim()));
  });
  await until(() => (eventsOf(runId).at(-1)?.done ?? 0) > 8);
  other.kill('SIGKILL');
  await until(() => eventsOf(runId).at(-1)?.status === 'interrupted');
  expect(seen.some(({ kind }) => kind === 'runs')).toBe(true);
});

it('tells which rows another connection wrote, and nothing while nobody writes', async () => {
  place = createWorkplace(await newFolder(), { questionCount: 4 });
  const { runs } = place.open();
  const { runId } = await runs.start(place.request());
  for await (const _ of runs.watch({ runId }));
  follow(runs);
  await delay(900);
  expect(seen).toEqual([]);
  const other = openStore(join(place.folder, 'store.sqlite'));
  const runRow = other.runs.find(runId)?.runRow ?? -1;
  other.annotations.saveView('wrong ones', 'where=correct%3Dfalse');
  await until(() => seen.length > 0);
  expect(seen).toEqual([{ kind: 'views' }]);
  other.annotations.saveNote(runRow, 0, 'look at this');
  await until(() => seen.length > 1);
  other.annotations.changeTags([1], { add: ['odd'] });
  await until(() => seen.length > 2);
  expect(seen.slice(1)).toEqual([{ kind: 'annotations' }, { kind: 'annotations' }]);
  other.hiddenRuns.removeAtOnce(runRow);
  await until(() => seen.some(({ kind }) => kind === 'runs'));
  other.close();
});

it('loses nothing where the store cannot be read for a moment, at the first look or later', async () => {
  place = createWorkplace(await newFolder(), { questionCount: 4 });
  const { runs, store } = place.open();
  const { runId } = await runs.start(place.request());
  for await (const _ of runs.watch({ runId }));
  const troubles = new Set<string>();
  /** Stands for a lock held by another program, which SQLite answers with the same failure. */
  const troubled = <Result>(name: string, read: () => Result): Result => {
    if (troubles.delete(name)) fail('store-locked', 'The store is in use.', { place: name });
    return read();
  };
  const { changes } = store;
  let looks = 0;
  const flaky = {
    ...store,
    changes: {
      ...changes,
      runs: () => {
        const found = troubled('runs', changes.runs);
        looks += 1;
        return found;
      },
      area: (area: Parameters<typeof changes.area>[0]) => troubled(area, () => changes.area(area)),
    },
  };
  seen.length = 0;
  troubles.add('runs');
  stop = followStore(
    flaky,
    () => undefined,
    (change) => seen.push(change),
  );
  await until(() => looks > 0);
  expect([...troubles]).toEqual([]);
  for (const name of ['runs', 'views']) {
    seen.length = 0;
    troubles.add(name);
    await runs.rename({ runId, label: `after ${name}` });
    store.annotations.saveView(`view after ${name}`, '');
    await until(() => seen.length >= 2);
    expect(seen.map(({ kind }) => kind).toSorted()).toEqual(['runs', 'views']);
    expect([...troubles]).toEqual([]);
  }
});
