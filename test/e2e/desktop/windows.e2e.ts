/** The windows of the desktop app: what they show, where they stand, what a start does. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../support/run-penumbra.ts';
import { desktopTests, shortRun } from './desktop-tests.ts';

const { app, appForAll, appForEach, newFolder, open, processes, start, stored } = desktopTests([shortRun]);

describe('the first window', () => {
  const shown = appForAll();

  it('shows the runs of the store over its own port to the core', async () => {
    const page = shown();
    await page
      .getByRole('link', { name: /IVT-LR/ })
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
    expect(app().detailsOf('window.new')[0]).toMatchObject({ x: 300, y: 200, width: 1000, height: 700 });
    await app().command({ do: 'close-window' });
    expect(await app().exited).toBe(0);
    expect(JSON.parse(readFileSync(join(user, 'window.json'), 'utf8'))).toEqual(bounds);
    await open({ folder: user, env: { STAND_IN_SCREENS: '[[2000,0,1280,800]]' } });
    expect(app().detailsOf('window.new')[0]).toMatchObject({ x: 2140, y: 50, width: 1000, height: 700 });
  });

  it('loads its page again when that dies, and asks when it dies again', async () => {
    await open();
    await app().command({ do: 'gone-page', reason: 'crashed' });
    await app().called('window.reload');
    await app().command({ do: 'gone-page', reason: 'oom' });
    expect(await app().called('dialog.message')).toMatchObject({ buttons: ['Try again', 'Quit'] });
    await app().command({ do: 'answer-dialog', response: 1 });
    expect(await app().exited).toBe(0);
  });
});

describe('a start', () => {
  appForEach();

  it('says what is wrong with a path that is no dataset', async () => {
    const page = await open({ args: ['--store', stored().store, join(repositoryRoot, 'src')] });
    await page.getByRole('alert').first().waitFor();
  });

  it('leaves a second program to the first', async () => {
    await start({ env: { STAND_IN_SECOND: '1' } });
    expect(await app().exited).toBe(0);
    expect(app().detailsOf('window.new')).toEqual([]);
  });
});

describe('the stand-in', () => {
  appForEach();

  it('refuses what Electron refuses: an entry that waits for ready at its top level never starts', async () => {
    const place = await newFolder();
    const entry = join(place, 'waiting.mjs');
    writeFileSync(
      entry,
      "import { app, BrowserWindow } from 'electron';\nawait app().whenReady();\nnew BrowserWindow({});\n",
    );
    await start({ folder: place, entry });
    await delay(1500);
    expect(app().detailsOf('window.new')).toEqual([]);
  });
});
