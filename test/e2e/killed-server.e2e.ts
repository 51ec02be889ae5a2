/** The server is killed in the middle of a run: what was answered is kept, the page says so, and Resume goes on. */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import Database from 'better-sqlite3';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isolatedEnvironment, randomCheckpoint, repositoryRoot, runPenumbra } from '../support/run-penumbra.ts';
import { temporaryFolders } from '../support/temp-folder.ts';
import { startBrowser } from './browser.ts';
import { longTestMs, unrepeatable, workMs } from './patience.ts';
import { openWatchedPage } from './watched-page.ts';

const folder = await temporaryFolders()();
const store = join(folder, 'store.sqlite');
const model = join(folder, 'model');
const dataset = join(repositoryRoot, 'resources', 'demo', 'dataset');
let browser: Browser;
let server: Served | null = null;

type Served = Readonly<{ address: string; process: ChildProcess; exited: Promise<void> }>;

beforeAll(async () => {
  const imported = await runPenumbra(['model', 'import', randomCheckpoint, '--out', model, '--precision', 'f32'], {
    dataFolder: folder,
  });
  expect(imported.code, imported.stderr).toBe(0);
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
  server?.process.kill('SIGINT');
  await server?.exited;
});

/** Not through the launcher: the signal has to reach the server itself. */
async function serve(port: number): Promise<Served> {
  const args = [
    join(repositoryRoot, 'src', 'main', 'cli', 'main.ts'),
    'serve',
    '--port',
    String(port),
    '--store',
    store,
  ];
  const child = spawn(process.execPath, args, {
    env: isolatedEnvironment({ dataFolder: folder }),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const address = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).once('line', resolve);
    void exited.then(() => reject(new Error('penumbra serve ended')));
  });
  return { address, process: child, exited };
}

const count = (sql: string): number => {
  const database = new Database(store, { readonly: true });
  const found = Number(database.prepare(sql).pluck().get());
  database.close();
  return found;
};
const answered = 'SELECT count(*) FROM predictions';

it(
  'a killed server loses no answer; the page shows the run as interrupted and resumes it',
  { ...unrepeatable, timeout: longTestMs },
  async () => {
    server = await serve(0);
    const { page, tolerate, close } = await openWatchedPage(browser);
    // Connections to the killed server.
    tolerate(/Failed to load resource|WebSocket connection|ERR_CONNECTION/);
    await page.goto(server.address);
    await page.goto(
      `${new URL(server.address).origin}/#/new-run?dataset=${encodeURIComponent(dataset)}&model=${encodeURIComponent(model)}`,
    );
    await page.getByRole('button', { name: /^Start/ }).click();
    await page.waitForURL(/#\/runs\/[^/?]+$/);
    await expect.poll(() => count(answered), { timeout: workMs, interval: 20 }).toBeGreaterThan(10);

    server.process.kill('SIGKILL');
    await server.exited;
    const kept = count(answered);
    const planned = count('SELECT planned FROM runs');
    expect(kept).toBeLessThan(planned);
    // The window that is still open says that it lost its server.
    await page
      .getByText(/cannot be reached/)
      .first()
      .waitFor();

    server = await serve(0);
    const runAddress = `${new URL(server.address).origin}/${new URL(page.url()).hash}`;
    await page.goto(server.address);
    await page.goto(runAddress);
    await page.getByText('interrupted', { exact: true }).first().waitFor();
    expect(count(answered)).toBe(kept);
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByText('finished', { exact: true }).first().waitFor({ timeout: workMs });
    expect(count(answered)).toBe(planned);
    expect(count('SELECT count(DISTINCT sample_row) FROM predictions')).toBe(planned);
    expect(count("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'")).toBe(1);
    await close();
  },
);
