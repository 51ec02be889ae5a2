/**
 * The built desktop app under a stand-in for `electron` (./stand-in): real main, preload, core and engine, a real
 * Chromium. What only the real binary can show is in electron-binary.e2e.ts.
 */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { WindowBridge } from '../../src/shared/bridge.ts';
import { repositoryRoot, runPenumbra } from '../support/run-penumbra.ts';
import { temporaryFolders } from '../support/temp-folder.ts';
import { makePausedRuns, type PausedRuns } from './paused-runs.ts';
import { startDesktopApp, type DesktopApp, type DesktopOptions } from './stand-in/desktop-app.ts';

const newFolder = temporaryFolders();
/** Runs that are to be finished, and runs that are to be met at work. */
const [shortRun, longRun] = [40, 200];
let folder = '';
let stored: PausedRuns;
let unused: Record<'short' | 'long', string[]> = { short: [], long: [] };
let app: DesktopApp;

beforeAll(async () => {
  folder = await newFolder();
  const build = promisify(execFile)(process.execPath, [join(repositoryRoot, 'scripts', 'build.ts')]);
  const lengths = [shortRun, shortRun, shortRun, longRun, longRun, longRun];
  [stored] = await Promise.all([makePausedRuns(folder, lengths), build]);
  unused = { short: stored.runIds.slice(0, 3), long: stored.runIds.slice(3) };
});
const appForEach = (): void => afterEach(() => app.stop());
/** One start for all tests of a block: they leave the app as they found it. */
function appForAll(): () => Page {
  let page: Page;
  beforeAll(async () => {
    page = await open();
  });
  afterAll(() => app.stop());
  return () => page;
}

/** Starts the app on the store, with folders of the user's own. */
async function open(options: Partial<DesktopOptions> = {}): Promise<Page> {
  app = startDesktopApp({ folder: await newFolder(), args: ['--store', stored.store], ...options });
  const page = await app.page();
  await page.getByRole('heading', { name: 'Runs' }).first().waitFor();
  return page;
}

/** Goes on with a run that no test has used yet, in the app. */
async function resumeOne(page: Page, length: 'short' | 'long' = 'long'): Promise<string> {
  const runId = unused[length].shift() ?? '';
  await goTo(page, `#/runs/${runId}`);
  await page.getByRole('button', { name: 'Resume' }).first().click();
  await app.called(
    'window.setProgressBar',
    (fraction) => typeof fraction === 'number' && fraction > 0 && fraction <= 1,
  );
  return runId;
}
const goTo = (page: Page, hash: string) => page.evaluate((to) => void (window.location.hash = to), hash);

async function stateOf(runId: string): Promise<Readonly<{ status: string; total: number }>> {
  const shown = await runPenumbra(['runs', 'show', runId, '--store', stored.store, '--json'], { dataFolder: folder });
  return JSON.parse(shown.stdout) as { status: string; total: number };
}
const statusOf = async (runId: string): Promise<string> => (await stateOf(runId)).status;
const titled = (title: string) => (details: unknown) => (details as { title?: string }).title === title;
const processes = async () =>
  (await app.command({ do: 'processes' })) as Readonly<{ pid: number; serviceName: string }>[];
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('the first window', () => {
  const shown = appForAll();

  it('is made with every guard that Electron has', () => {
    const [options] = app.detailsOf('window.new') as [{ webPreferences: unknown; icon?: string }];
    expect(existsSync(options.icon ?? '')).toBe(process.platform === 'linux');
    expect(options.webPreferences).toEqual({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      safeDialogs: true,
      spellcheck: false,
    });
    expect(app.detailsOf('session.permissions')).toEqual([
      { media: false, geolocation: false, clipboard: true, foreignClipboard: false },
    ]);
  });

  it('shows the runs of the store over its own port to the core', async () => {
    const page = shown();
    await page
      .getByRole('link', { name: /ivt-lr/ })
      .first()
      .waitFor();
    expect((await processes()).map(({ serviceName }) => serviceName)).toEqual(['Penumbra core']);
    expect(await page.evaluate(() => Object.keys(window).includes('require'))).toBe(false);
  });
});

describe('a window', () => {
  appForEach();

  it('stands where it stood, or on a screen that is there', async () => {
    const user = await newFolder();
    const bounds = { x: 300, y: 200, width: 1000, height: 700, maximised: false };
    writeFileSync(join(user, 'window.json'), JSON.stringify(bounds));
    await open({ folder: user });
    expect(app.detailsOf('window.new')[0]).toMatchObject({ x: 300, y: 200, width: 1000, height: 700 });
    await app.command({ do: 'close-window' });
    expect(await app.exited).toBe(0);
    expect(JSON.parse(readFileSync(join(user, 'window.json'), 'utf8'))).toEqual(bounds);
    await open({ folder: user, env: { STAND_IN_SCREENS: '[[2000,0,1280,800]]' } });
    expect(app.detailsOf('window.new')[0]).toMatchObject({ x: 2140, y: 50, width: 1000, height: 700 });
  });

  it('loads its page again when that dies, and asks when it dies again', async () => {
    await open();
    await app.command({ do: 'gone-page', reason: 'crashed' });
    await app.called('window.reload');
    await app.command({ do: 'gone-page', reason: 'oom' });
    expect(await app.called('dialog.message')).toMatchObject({ buttons: ['Try again', 'Quit'] });
    await app.command({ do: 'answer-dialog', response: 1 });
    expect(await app.exited).toBe(0);
  });
});

describe('what a page may not do', () => {
  const shown = appForAll();

  it('leave, open windows, reach others, or run what was not shipped', async () => {
    const page = shown();
    const violations = await page.evaluate(async () => {
      const found: string[] = [];
      document.addEventListener('securitypolicyviolation', (event) => found.push(event.effectiveDirective));
      const script = document.createElement('script');
      script.textContent = 'window.injected = true';
      document.body.append(script);
      const picture = new Image();
      picture.src = 'https://evil.example/pixel.png';
      document.body.append(picture);
      await fetch('https://evil.example/').catch(() => undefined);
      const style = document.createElement('style');
      style.textContent = 'body { display: none }';
      document.body.append(style);
      await new Promise((resolve) => setTimeout(resolve, 200));
      return [...found, 'injected' in window ? 'ran' : 'did not run'];
    });
    expect(new Set(violations)).toEqual(
      new Set(['script-src-elem', 'img-src', 'connect-src', 'style-src-elem', 'did not run']),
    );
    await page.evaluate(() => void (window.location.href = 'https://evil.example/'));
    expect(await app.called('window.will-navigate')).toEqual({ address: 'https://evil.example/', isPrevented: true });
    for (const address of [
      'https://evil.example/',
      'http://arxiv.org/',
      'file:///etc/passwd',
      'https://arxiv.org/abs/1',
    ]) {
      await page.evaluate((to) => void window.open(to), address);
    }
    await app.called('shell.openExternal');
    expect(app.detailsOf('shell.openExternal')).toEqual(['https://arxiv.org/abs/1']);
    expect(new Set(app.detailsOf('window.open').map((each) => (each as { action: string }).action))).toEqual(
      new Set(['deny']),
    );
    await page.getByRole('heading', { name: 'Runs' }).first().waitFor();
  });

  it('ask main for what the bridge does not offer', async () => {
    const refused = await shown().evaluate(() =>
      (window as unknown as { penumbra: WindowBridge }).penumbra
        .pickPath({ title: 'x', kind: 'everything' as 'file' })
        .then(() => 'answered')
        .catch(() => 'refused'),
    );
    expect(refused).toBe('refused');
    expect(app.detailsOf('dialog.open')).toEqual([]);
  });

  it.each([
    ['penumbra://app/index.html', 'POST', 405],
    ['penumbra://app/../package.json', 'GET', 404],
    ['penumbra://app/%2e%2e/package.json', 'GET', 404],
    ['penumbra://app/assets/..%2f..%2fpackage.json', 'GET', 404],
    ['penumbra://other/index.html', 'GET', 404],
    ['penumbra://app/image/none/none', 'GET', 404],
    ['penumbra://app/image/none/none?size=9999', 'GET', 400],
  ])('get %s with %s', async (address, method, status) => {
    const answer = (await app.command({ do: 'request', address, method })) as {
      status: number;
      headers: Record<string, string>;
    };
    expect(answer.status).toBe(status);
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
  });

  it('reuse a nonce', async () => {
    const nonces = await Promise.all(
      [1, 2].map(async () => {
        const command = { do: 'request', address: 'penumbra://app/', method: 'GET' } as const;
        const { headers, text } = (await app.command(command)) as { headers: Record<string, string>; text: string };
        const nonce = /name="style-nonce" content="([^"]+)"/.exec(text)?.[1] ?? '';
        expect(headers['content-security-policy']).toContain(`'nonce-${nonce}'`);
        return nonce;
      }),
    );
    expect(new Set(nonces).size).toBe(2);
  });
});

describe('menus, dialogs and files', () => {
  const shown = appForAll();
  beforeEach(() => goTo(shown(), '#/runs'));

  it('go to pages and have keys of their own', async () => {
    const page = shown();
    await app.command({ do: 'click-menu', path: ['View', 'Datasets'] });
    await page.waitForURL(/#\/datasets$/);
    await app.command({ do: 'click-menu', path: ['File', 'New run'] });
    await page.waitForURL(/#\/new-run$/);
    await app.command({ do: 'click-menu', path: ['help', 'Keys'] });
    await page.getByRole('dialog').getByText('Go to Runs').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    const accelerators = JSON.stringify(app.detailsOf('menu.set')[0]).match(/CmdOrCtrl[^"]*/g) ?? [];
    expect(accelerators.length).toBeGreaterThan(6);
    expect(new Set(accelerators).size).toBe(accelerators.length);
  });

  it('hand the guide to the system', async () => {
    await app.command({ do: 'click-menu', path: ['help', 'Guide'] });
    expect(await app.called('shell.openPath')).toBe(join(repositoryRoot, 'docs', 'guide', 'app.md'));
  });

  it('open a dataset from the system dialog and remember it', async () => {
    const page = shown();
    await app.command({ do: 'click-menu', path: ['File', 'Open dataset…'] });
    expect(await app.called('dialog.open', titled('Open dataset'))).toMatchObject({ properties: ['openDirectory'] });
    await app.command({ do: 'answer-dialog', filePaths: [stored.dataset] });
    await page.waitForURL(/#\/datasets\/./);
    expect(await app.called('app.addRecentDocument')).toBe(stored.dataset);
    await app.called('menu.set', (menu) => JSON.stringify(menu).includes(JSON.stringify(stored.dataset)));
    await goTo(page, '#/runs');
    await app.command({ do: 'click-menu', path: ['File', 'Open recent', stored.dataset] });
    await page.waitForURL(/#\/datasets\/./);
  });

  it('open what is dropped on the window, or named by a second start', async () => {
    const page = shown();
    await page.evaluate((path) => {
      const file = Object.assign(new File([], 'dataset'), { standInPath: path });
      const event = new DragEvent('drop', { cancelable: true, bubbles: true });
      Object.defineProperty(event, 'dataTransfer', { value: { files: [file], types: [] } });
      window.dispatchEvent(event);
    }, stored.dataset);
    await page.waitForURL(/#\/datasets\/./);
    await goTo(page, '#/runs');
    await app.command({
      do: 'second-instance',
      argv: ['electron', '--chromium-switch', repositoryRoot, 'dataset'],
      folder,
    });
    await page.waitForURL(/#\/datasets\/./);
    await app.called('window.focus');
  });

  it('begin the import of a chosen checkpoint', async () => {
    const page = shown();
    const checkpoint = join(repositoryRoot, 'resources', 'demo', 'checkpoint');
    await app.command({ do: 'click-menu', path: ['File', 'Import model…'] });
    await app.called('dialog.open', titled('Import model'));
    await app.command({ do: 'answer-dialog', filePaths: [checkpoint] });
    const drawer = page.getByRole('dialog', { name: 'Import a checkpoint' });
    await drawer.getByText(checkpoint, { exact: true }).waitFor();
    await drawer.getByText('Architecture').waitFor();
    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'hidden' });
    await page.waitForURL(/#\/models$/);
  });

  it('export what the page shows, where it shows questions', async () => {
    const page = shown();
    const exportMenu = { do: 'click-menu', path: ['File', 'Export…'] } as const;
    await app.command(exportMenu);
    await page.getByText('Nothing to export here').waitFor();
    const [runId = ''] = stored.runIds;
    const { total } = await stateOf(runId);
    for (const [hash, part, title] of [
      [`#/runs/${runId}`, 'Overview', `Export all ${String(total)} questions`],
      [`#/runs/${runId}/questions?where=outcome=correct`, 'Questions', /^Export all \d+ of the filter$/],
    ] as const) {
      await goTo(page, hash);
      await page.locator('nav a[aria-current="page"]', { hasText: part }).waitFor();
      await app.command(exportMenu);
      await page.getByRole('dialog', { name: title }).waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
    }
  });

  it('check the machine, from the menu and by name', async () => {
    const page = shown();
    const check = page.getByRole('dialog', { name: 'Check this machine' });
    await app.command({ do: 'click-menu', path: ['help', 'Check this machine'] });
    await check.getByRole('row', { name: /^cpu yes passed/ }).waitFor({ timeout: 50_000 });
    await check.getByText(stored.store, { exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await check.waitFor({ state: 'hidden' });
    await page.keyboard.press('Control+k');
    await page.getByPlaceholder('Go to a page or a run').fill('check this');
    await page.getByRole('button', { name: 'Check this machine' }).click();
    await check.waitFor();
    await page.keyboard.press('Escape');
  });
});

describe('a start', () => {
  appForEach();

  it('says what is wrong with a path that is no dataset', async () => {
    const page = await open({ args: ['--store', stored.store, join(repositoryRoot, 'src')] });
    await page.getByRole('alert').first().waitFor();
  });

  it('leaves a second program to the first', async () => {
    app = startDesktopApp({ folder: await newFolder(), env: { STAND_IN_SECOND: '1' } });
    expect(await app.exited).toBe(0);
    expect(app.detailsOf('window.new')).toEqual([]);
  });
});

describe('a run', () => {
  appForEach();

  it('is answered by an engine process of its own, seen outside the window, and announced', async () => {
    const page = await open();
    await app.command({ do: 'focus', isFocused: false });
    const runId = await resumeOne(page, 'short');
    const [core, engine] = await processes();
    expect([core?.serviceName, engine?.serviceName]).toEqual(['Penumbra core', 'Penumbra engine']);
    await app.called('power.start');
    const note = (await app.called('notification.show')) as { title: string; body: string };
    expect(note.body).toMatch(/^Finished: 40 of 40 questions, \d+ right\.$/);
    expect(await statusOf(runId)).toBe('finished');
    await app.called('power.stop');
    await app.called('window.setProgressBar', (fraction) => fraction === -1);
    await goTo(page, '#/models');
    await app.command({ do: 'click-notification' });
    await page.waitForURL(new RegExp(`#/runs/${runId}`));
    await page.goto(`${new URL(page.url()).origin}/#/runs/${runId}/questions/natural-science-0`);
    await page.locator('img[alt="The question\'s picture"]').evaluate((image: HTMLImageElement) => image.decode());
  });

  it('is asked about when the program is to quit, and paused', async () => {
    const page = await open();
    const runId = await resumeOne(page);
    await app.command({ do: 'close-window' });
    expect(await app.called('dialog.message')).toMatchObject({
      buttons: ['Pause and quit', 'Keep running without a window', 'Cancel'],
    });
    await app.command({ do: 'answer-dialog', response: 2 });
    await delay(300);
    expect(app.detailsOf('window.closed')).toEqual([]);
    await app.command({ do: 'answer-dialog', response: 0 });
    await app.command({ do: 'quit' });
    expect(await app.exited).toBe(0);
    expect(await statusOf(runId)).toBe('paused');
  });

  it('goes on without a window where that is wanted, and the program ends with it', async () => {
    const page = await open();
    const runId = await resumeOne(page, 'short');
    await app.command({ do: 'answer-dialog', response: 1 });
    await app.command({ do: 'quit' });
    await app.called('window.hide');
    expect(await app.exited).toBe(0);
    expect(await statusOf(runId)).toBe('finished');
  });

  it('that stops while the question stands keeps no program without a window', async () => {
    const page = await open();
    const runId = await resumeOne(page, 'short');
    await app.command({ do: 'quit' });
    await app.called('dialog.message');
    await page.getByRole('button', { name: 'Pause' }).first().click();
    await app.called('window.setProgressBar', (fraction) => fraction === -1);
    await app.command({ do: 'answer-dialog', response: 1 });
    expect(await app.exited).toBe(0);
    expect(await statusOf(runId)).toBe('paused');
  });

  it('is paused by a signal, which nobody is asked about', async () => {
    const page = await open();
    const runId = await resumeOne(page);
    app.signal('SIGTERM');
    expect(await app.exited).toBe(0);
    expect(app.detailsOf('dialog.message')).toEqual([]);
    expect(await statusOf(runId)).toBe('paused');
  });
});

describe('processes that are killed', () => {
  const shown = appForAll();

  it('the core: a new one takes over, the window finds it, and the run goes on from where it was', async () => {
    const page = shown();
    const runId = await resumeOne(page);
    const before = await processes();
    expect(before).toHaveLength(2);
    process.kill(before[0]?.pid ?? 0, 'SIGKILL');
    await page.getByRole('button', { name: 'Resume' }).first().waitFor();
    const after = await processes();
    expect(after.map(({ serviceName }) => serviceName)).toEqual(['Penumbra core']);
    expect(before.filter(({ pid }) => isAlive(pid))).toEqual([]);
    const { status, total } = await stateOf(runId);
    expect([status, total < longRun]).toEqual(['interrupted', true]);
    await page.getByRole('button', { name: 'Resume' }).first().click();
    await expect.poll(async () => (await stateOf(runId)).total, { timeout: 30_000 }).toBeGreaterThan(total);
  });

  it('the program, at work: neither core nor engine is left', async () => {
    const children = await processes();
    expect(children).toHaveLength(2);
    app.signal('SIGKILL');
    await app.exited;
    for (let waited = 0; children.some(({ pid }) => isAlive(pid)) && waited < 5000; waited += 100) await delay(100);
    expect(children.filter(({ pid }) => isAlive(pid))).toEqual([]);
  });
});

describe('the stand-in', () => {
  appForEach();

  it('refuses what Electron refuses: an entry that waits for ready at its top level never starts', async () => {
    const place = await newFolder();
    const entry = join(place, 'waiting.mjs');
    writeFileSync(
      entry,
      "import { app, BrowserWindow } from 'electron';\nawait app.whenReady();\nnew BrowserWindow({});\n",
    );
    app = startDesktopApp({ folder: place, entry });
    await delay(1500);
    expect(app.detailsOf('window.new')).toEqual([]);
  });
});
