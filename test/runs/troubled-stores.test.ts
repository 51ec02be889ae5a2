/** Runs whose store is locked for long, or whose disk fills up, while they work. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import { createRunService } from '../../src/main/runs/run-service.ts';
import { openStore } from '../../src/main/store/store.ts';
import { expectFailure } from '../support/expect-failure.ts';
import { createWorkplace, fakeEngineHost, follow, type Workplace } from '../support/run-workplace.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const newFolder = temporaryFolders();
const workplaces: Workplace[] = [];

afterEach(async () => {
  for (const workplace of workplaces.splice(0)) await workplace.closeAll();
});

describe('a run', () => {
  it('waits for a store that another program keeps locked', async () => {
    const place = createWorkplace(await newFolder(), { questionCount: 12 });
    workplaces.push(place);
    const store = openStore(place.storePath, { busyTimeoutMs: 50 });
    const runs = createRunService({ store, engineHost: fakeEngineHost({ batchMs: 100 }), version: 'test' });
    const { runId } = await runs.start(place.request());
    for await (const event of runs.watch({ runId })) if (event.done > 0) break;
    const other = new Database(place.storePath);
    other.exec('BEGIN IMMEDIATE');
    setTimeout(() => other.exec('COMMIT'), 1500);
    await follow(runs, runId);
    expect((await runs.show({ runId })).run).toMatchObject({ status: 'finished', total: 12, failure: null });
    other.close();
    await runs.close();
    store.close();
  });

  it('on a full disk stops with that reason, and goes on when there is room', async ({ skip }) => {
    const folder = await newFolder();
    const small = join(folder, 'small');
    mkdirSync(small);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'none', small], { stdio: 'ignore' });
    } catch {
      return skip('mounting a small file system needs root');
    }
    try {
      const place = createWorkplace(folder, { questionCount: 400 });
      const store = openStore(join(small, 'store.sqlite'));
      const runs = createRunService({ store, engineHost: fakeEngineHost({ batchMs: 20 }), version: 'test' });
      const { runId } = await runs.start(place.request());
      for await (const event of runs.watch({ runId })) if (event.done > 0) break;
      fillDisk(join(small, 'ballast'));
      const failure = await follow(runs, runId).then(
        async () => (await runs.show({ runId })).run.failure,
        (error: unknown) => expectFailure(() => Promise.reject(error), 'disk-full'),
      );
      expect(failure?.kind).toBe('disk-full');
      expect(store.checkIntegrity()).toBe('ok');
      await runs.close();
      store.close();
      rmSync(join(small, 'ballast'));

      const again = openStore(join(small, 'store.sqlite'));
      const others = createRunService({ store: again, engineHost: fakeEngineHost({}), version: 'test' });
      const { total } = (await others.show({ runId })).run;
      expect(total).toBeGreaterThan(0);
      expect(total).toBeLessThan(400);
      await others.resume({ runId });
      await follow(others, runId);
      expect((await others.show({ runId })).run).toMatchObject({ status: 'finished', total: 400 });
      await others.close();
      again.close();
    } finally {
      execFileSync('umount', ['-l', small], { stdio: 'ignore' });
    }
    return undefined;
  });
});

/** Writes until nothing more goes in. */
function fillDisk(file: string): void {
  try {
    for (;;) appendFileSync(file, Buffer.alloc(4096));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
  }
}
