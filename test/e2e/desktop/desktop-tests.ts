/**
 * What the tests of the desktop app share: the built app under a stand-in for `electron` (../stand-in), which is real
 * main, preload, core and engine in a real Chromium, over a store with paused runs. What only the real binary can show
 * is in ../electron-binary.e2e.ts.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { repositoryRoot, runPenumbra } from '../../support/run-penumbra.ts';
import { temporaryFolders } from '../../support/temp-folder.ts';
import { makePausedRuns, type PausedRuns } from '../paused-runs.ts';
import { type DesktopApp, type DesktopOptions, startDesktopApp } from '../stand-in/desktop-app.ts';

/**
 * Questions of runs that are to be finished; that are to be met at work and finished; and that are to be met at work,
 * however late the test comes to them.
 */
export const [shortRun, mediumRun, longRun] = [40, 100, 300];

export type Process = Readonly<{ pid: number; serviceName: string }>;

/** Builds the app and fills its store once for the file; `lengths`: the questions of each paused run. */
export function desktopTests(lengths: readonly number[]) {
  const newFolder = temporaryFolders();
  let folder = '';
  let stored: PausedRuns | null = null;
  let app: DesktopApp | null = null;
  const unused: { runId: string; length: number }[] = [];

  beforeAll(async () => {
    folder = await newFolder();
    const build = promisify(execFile)(process.execPath, [join(repositoryRoot, 'scripts', 'build.ts')]);
    const [made] = await Promise.all([makePausedRuns(folder, lengths), build]);
    stored = made;
    unused.push(...made.runIds.map((runId, index) => ({ runId, length: lengths[index] ?? 0 })));
  });

  const runs = (): PausedRuns => {
    if (stored === null) throw new Error('the store is not filled yet');
    return stored;
  };
  const running = (): DesktopApp => {
    if (app === null) throw new Error('no app was started');
    return app;
  };

  /** Starts the program with folders of the user's own, whatever becomes of it. */
  const start = async (options: Partial<DesktopOptions> = {}): Promise<DesktopApp> =>
    (app = startDesktopApp({ folder: await newFolder(), ...options }));

  /** Starts the app on the store and waits for its first page. */
  const open = async (options: Partial<DesktopOptions> = {}): Promise<Page> => {
    const page = await (await start({ args: ['--store', runs().store], ...options })).page();
    await page.getByRole('heading', { name: 'Runs' }).first().waitFor();
    return page;
  };

  /** What the store holds of a run, as another program reads it. */
  const stateOf = async (runId: string): Promise<Readonly<{ status: string; total: number }>> => {
    const shown = await runPenumbra(['runs', 'show', runId, '--store', runs().store, '--json'], { dataFolder: folder });
    return JSON.parse(shown.stdout) as { status: string; total: number };
  };

  return {
    newFolder,
    start,
    open,
    stateOf,
    stored: runs,
    /** The one that was started last. */
    app: running,
    appForEach: (): void => afterEach(() => running().stop()),
    /** One start for all tests of a block: they leave the app as they found it. */
    appForAll: (): (() => Page) => {
      let page: Page | null = null;
      beforeAll(async () => {
        page = await open();
      });
      afterAll(() => running().stop());
      return () => {
        if (page === null) throw new Error('the app is not open yet');
        return page;
      };
    },
    /** Goes on with a run of this length that no test has used yet, in the app. */
    resumeOne: async (page: Page, length: number): Promise<string> => {
      const place = unused.findIndex((run) => run.length === length);
      const [run] = unused.splice(place, place < 0 ? 0 : 1);
      if (run === undefined) throw new Error(`no run of ${String(length)} questions is left`);
      await goTo(page, `#/runs/${run.runId}`);
      await page.getByRole('button', { name: 'Resume' }).first().click();
      await running().called(
        'window.setProgressBar',
        (fraction) => typeof fraction === 'number' && fraction > 0 && fraction <= 1,
      );
      return run.runId;
    },
    statusOf: async (runId: string): Promise<string> => (await stateOf(runId)).status,
    processes: async () => (await running().command({ do: 'processes' })) as readonly Process[],
  };
}

export const goTo = (page: Page, hash: string) => page.evaluate((to) => void (window.location.hash = to), hash);
