/** Heartbeats of runs that wait for their turn: one write for all, and each hears what is asked of it. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { createWaitingLeases } from '../../src/main/runs/lease-keeper.ts';
import { stopRequests } from '../../src/main/store/run-leases.ts';
import { openStore } from '../../src/main/store/store.ts';
import { newRunOfTest } from '../support/stored-rows.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const newFolder = temporaryFolders();
const everyMs = 20;

it('runs that wait renew their leases in one write, and hear requests and losses each for itself', async () => {
  const path = join(await newFolder(), 'store.sqlite');
  const store = openStore(path);
  const tokens = ['a', 'b', 'c', 'd'];
  const rows = tokens.map((token) => {
    const runRow = store.runs.insert(newRunOfTest({ runId: token, status: 'paused' }), []);
    store.leases.take(runRow, { token, pid: 1, host: 'here', heartbeatAt: 0 }, null);
    return runRow;
  });
  const outside = new Database(path);
  const beats = outside.prepare('SELECT heartbeat_at FROM runs ORDER BY run_row').pluck();
  const heard: string[] = [];
  const waiting = createWaitingLeases(store, everyMs);
  const [releaseA, ...releaseOthers] = tokens.slice(0, 3).map((token) =>
    waiting.keep(token, {
      onStopRequested: (atOnce) => heard.push(`${token} stop${atOnce ? ' at once' : ''}`),
      onLost: () => heard.push(`${token} lost`),
    }),
  );

  await expect.poll(() => new Set(beats.all().slice(0, 3)).size).toBe(1);
  await expect.poll(() => beats.all()[0]).toBeGreaterThan(Date.now() - 10_000);
  // The fourth run is nobody's here.
  expect(beats.all()[3]).toBe(0);

  store.leases.requestStop(rows[1] ?? 0, stopRequests.atOnce);
  outside.prepare("UPDATE runs SET owner_token = 'other' WHERE owner_token = 'c'").run();
  await expect.poll(() => heard).toContain('b stop at once');
  await expect.poll(() => heard).toContain('c lost');
  expect(heard.filter((line) => line.startsWith('a'))).toEqual([]);

  releaseA?.();
  await sleep(3 * everyMs);
  const last = beats.all()[0];
  await sleep(5 * everyMs);
  expect(beats.all()[0]).toBe(last);
  for (const release of releaseOthers) release();
  outside.close();
  store.close();
});
