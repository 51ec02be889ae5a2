/** The built app in Electron's own binary, where there is one: it comes up, speaks to its core, and ends in order. */
import { execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { _electron } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { isolatedEnvironment, repositoryRoot } from '../support/run-penumbra.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

type DesktopModule = Readonly<{ electronProgram: (root: string) => string | null }>;
const script = pathToFileURL(join(repositoryRoot, 'scripts', 'launch', 'desktop.mjs')).href;
const { electronProgram } = (await import(script)) as DesktopModule;
const program = electronProgram(repositoryRoot);
const newFolder = temporaryFolders();

function whyNot(): string | null {
  if (program === null) return "skipped: Electron's binary has not been downloaded (npm start does that)";
  if (process.platform !== 'linux') return null;
  if (process.getuid?.() === 0) return 'skipped: Electron does not run as root';
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  return (DISPLAY ?? WAYLAND_DISPLAY ?? '') === '' ? 'skipped: there is no display' : null;
}
const reason = whyNot();

describe.skipIf(reason !== null)(`the real Electron${reason === null ? '' : `, ${reason}`}`, () => {
  beforeAll(() => promisify(execFile)(process.execPath, [join(repositoryRoot, 'scripts', 'build.ts')]));

  it('shows the runs of a store in a sandboxed, isolated window', async () => {
    const folder = await newFolder();
    const env = Object.entries(isolatedEnvironment({ dataFolder: folder })).flatMap(([name, value]) =>
      value === undefined || name === 'ELECTRON_RUN_AS_NODE' ? [] : [[name, value] as const],
    );
    const args = [repositoryRoot, '--store', join(folder, 'store.sqlite'), `--user-data-dir=${folder}`];
    const app = await _electron.launch({ executablePath: program ?? '', args, env: Object.fromEntries(env) });
    const page = await app.firstWindow();
    await page.getByRole('heading', { name: 'Runs' }).first().waitFor();
    expect(page.url()).toMatch(/^penumbra:\/\/app\//);
    expect(await page.evaluate(() => ['require', 'process'].filter((name) => name in window))).toEqual([]);
    const child = app.process();
    const exited = new Promise<number | null>((resolve) => child.on('exit', resolve));
    await app.close();
    expect(await exited).toBe(0);
  });

  it('reports its version', async () => {
    const child = spawn(program ?? '', ['--version'], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (part: Buffer) => (text += part.toString()));
    await new Promise((resolve) => child.on('close', resolve));
    expect(text.trim()).toBe('v45.4.1');
  });
});
