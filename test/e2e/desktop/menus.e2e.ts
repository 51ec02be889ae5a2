/** The menus of the desktop app, system dialogs, and files that are dropped on it. */
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { randomCheckpoint, repositoryRoot } from '../../support/run-penumbra.ts';
import { workMs } from '../patience.ts';
import { desktopTests, goTo, shortRun } from './desktop-tests.ts';

const { app, appForAll, stateOf, stored } = desktopTests([shortRun, shortRun]);
const titled = (title: string) => (details: unknown) => (details as { title?: string }).title === title;

describe('menus, dialogs and files', () => {
  const shown = appForAll();
  beforeEach(async () => {
    // What a test that failed has left open is not in the next one's way.
    await shown().keyboard.press('Escape');
    await shown().getByRole('dialog').first().waitFor({ state: 'hidden' });
    await goTo(shown(), '#/runs');
  });

  it('go to pages and have keys of their own', async () => {
    const page = shown();
    await app().command({ do: 'click-menu', path: ['View', 'Datasets'] });
    await page.waitForURL(/#\/datasets$/);
    await app().command({ do: 'click-menu', path: ['File', 'New run'] });
    await page.waitForURL(/#\/new-run$/);
    await app().command({ do: 'click-menu', path: ['help', 'Keys'] });
    await page.getByRole('dialog').getByText('Go to Runs').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    const accelerators = JSON.stringify(app().detailsOf('menu.set')[0]).match(/CmdOrCtrl[^"]*/g) ?? [];
    expect(accelerators.length).toBeGreaterThan(6);
    expect(new Set(accelerators).size).toBe(accelerators.length);
  });

  it('hand the guide to the system', async () => {
    await app().command({ do: 'click-menu', path: ['help', 'Guide'] });
    expect(await app().called('shell.openPath')).toBe(join(repositoryRoot, 'docs', 'guide', 'app.md'));
  });

  it('open a dataset from the system dialog and remember it', async () => {
    const page = shown();
    await app().command({ do: 'click-menu', path: ['File', 'Open dataset…'] });
    expect(await app().called('dialog.open', titled('Open dataset'))).toMatchObject({ properties: ['openDirectory'] });
    await app().command({ do: 'answer-dialog', filePaths: [stored().dataset] });
    await page.waitForURL(/#\/datasets\/./);
    expect(await app().called('app.addRecentDocument')).toBe(stored().dataset);
    await app().called('menu.set', (menu) => JSON.stringify(menu).includes(JSON.stringify(stored().dataset)));
    await goTo(page, '#/runs');
    await app().command({ do: 'click-menu', path: ['File', 'Open recent', stored().dataset] });
    await page.waitForURL(/#\/datasets\/./);
  });

  it('open what is dropped on the window, or named by a second start', async () => {
    const page = shown();
    await page.evaluate((path) => {
      const file = Object.assign(new File([], 'dataset'), { standInPath: path });
      const event = new DragEvent('drop', { cancelable: true, bubbles: true });
      Object.defineProperty(event, 'dataTransfer', { value: { files: [file], types: [] } });
      window.dispatchEvent(event);
    }, stored().dataset);
    await page.waitForURL(/#\/datasets\/./);
    await goTo(page, '#/runs');
    await app().command({
      do: 'second-instance',
      argv: ['electron', '--chromium-switch', repositoryRoot, 'dataset'],
      folder: dirname(stored().dataset),
    });
    await page.waitForURL(/#\/datasets\/./);
    await app().called('window.focus');
  });

  it('begin the import of a chosen checkpoint', async () => {
    const page = shown();
    await app().command({ do: 'click-menu', path: ['File', 'Import model…'] });
    await app().called('dialog.open', titled('Import model'));
    await app().command({ do: 'answer-dialog', filePaths: [randomCheckpoint] });
    const drawer = page.getByRole('dialog', { name: 'Import a checkpoint' });
    await drawer.getByText(randomCheckpoint, { exact: true }).waitFor();
    await drawer.getByText('Architecture').waitFor();
    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'hidden' });
    await page.waitForURL(/#\/models$/);
  });

  it('export what the page shows, where it shows questions', async () => {
    const page = shown();
    const exportMenu = { do: 'click-menu', path: ['File', 'Export…'] } as const;
    await app().command(exportMenu);
    await page.getByText('Nothing to export here').waitFor();
    const [runId = ''] = stored().runIds;
    const { total } = await stateOf(runId);
    for (const [hash, part, title] of [
      [`#/runs/${runId}`, 'Overview', `Export all ${String(total)} questions`],
      [`#/runs/${runId}/questions?where=outcome=right`, 'Questions', /^Export all \d+ of the filter$/],
    ] as const) {
      await goTo(page, hash);
      await page.locator('nav a[aria-current="page"]', { hasText: part }).waitFor();
      await app().command(exportMenu);
      await page.getByRole('dialog', { name: title }).waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
    }
    const compared = stored().runIds.map((id) => `run=${id}`);
    await goTo(page, `#/compare?${compared.join('&')}`);
    await page.getByRole('heading', { name: 'Main table' }).waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), app().command(exportMenu)]);
    expect(download.suggestedFilename()).toMatch(/ methods\.zip$/);
  });

  it('check the machine, from the menu and by name', async () => {
    const page = shown();
    const check = page.getByRole('dialog', { name: 'Check this machine' });
    await app().command({ do: 'click-menu', path: ['help', 'Check this machine'] });
    await check.getByRole('row', { name: /^cpu .+ threads\), [\d.]+ GB passed/ }).waitFor({ timeout: workMs });
    await check.getByText(stored().store, { exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await check.waitFor({ state: 'hidden' });
    await page.keyboard.press('Control+k');
    await page.getByPlaceholder('Go to a page or a run').fill('check this');
    await page.getByRole('button', { name: 'Check this machine' }).click();
    await check.waitFor();
    await page.keyboard.press('Escape');
  });
});
