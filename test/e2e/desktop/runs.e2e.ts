/** Runs in the desktop app: seen outside its window, asked about at its end, outliving processes that are killed. */
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { isAlive } from '../../../src/main/files/process-alive.ts';
import { unrepeatable } from '../patience.ts';
import { desktopTests, goTo, longRun, mediumRun, shortRun } from './desktop-tests.ts';

const { app, appForAll, appForEach, open, processes, resumeOne, stateOf, statusOf } = desktopTests([
  // One for each test, and one for a second try of one of them.
  shortRun,
  shortRun,
  mediumRun,
  mediumRun,
  longRun,
  longRun,
  longRun,
  longRun,
  longRun,
]);
describe('a run', () => {
  appForEach();

  it('is answered by an engine process of its own, seen outside the window, and announced', async () => {
    const page = await open();
    await app().command({ do: 'focus', isFocused: false });
    const runId = await resumeOne(page, shortRun);
    const [core, engine] = await processes();
    expect([core?.serviceName, engine?.serviceName]).toEqual(['Penumbra core', 'Penumbra engine']);
    await app().called('power.start');
    const note = (await app().called('notification.show')) as { title: string; body: string };
    expect(note.body).toMatch(/^Finished: 40 of 40 questions, \d+ right\.$/);
    expect(await statusOf(runId)).toBe('finished');
    await app().called('power.stop');
    await app().called('window.setProgressBar', (fraction) => fraction === -1);
    await goTo(page, '#/models');
    await app().command({ do: 'click-notification' });
    await page.waitForURL(new RegExp(`#/runs/${runId}`));
    await page.goto(`${new URL(page.url()).origin}/#/runs/${runId}/questions/natural-science-0`);
    await page.locator('img[alt="The question\'s picture"]').evaluate((image: HTMLImageElement) => image.decode());
  });

  it('is asked about when the program is to quit, and paused', async () => {
    const page = await open();
    const runId = await resumeOne(page, longRun);
    await app().command({ do: 'close-window' });
    expect(await app().called('dialog.message')).toMatchObject({
      buttons: ['Pause and quit', 'Keep running without a window', 'Cancel'],
    });
    await app().command({ do: 'answer-dialog', response: 2 });
    await delay(300);
    expect(app().detailsOf('window.closed')).toEqual([]);
    await app().command({ do: 'answer-dialog', response: 0 });
    await app().command({ do: 'quit' });
    expect(await app().exited).toBe(0);
    expect(await statusOf(runId)).toBe('paused');
  });

  it('goes on without a window where that is wanted, and the program ends with it', async () => {
    const page = await open();
    const runId = await resumeOne(page, mediumRun);
    await app().command({ do: 'answer-dialog', response: 1 });
    await app().command({ do: 'quit' });
    await app().called('window.hide');
    expect(await app().exited).toBe(0);
    expect(await statusOf(runId)).toBe('finished');
  });

  it('that stops while the question stands keeps no program without a window', async () => {
    const page = await open();
    const runId = await resumeOne(page, longRun);
    await app().command({ do: 'quit' });
    await app().called('dialog.message');
    await page.getByRole('button', { name: 'Pause' }).first().click();
    await app().called('window.setProgressBar', (fraction) => fraction === -1);
    await app().command({ do: 'answer-dialog', response: 1 });
    expect(await app().exited).toBe(0);
    expect(await statusOf(runId)).toBe('paused');
  });

  it('is paused by a signal, which nobody is asked about', async () => {
    const page = await open();
    const runId = await resumeOne(page, longRun);
    app().signal('SIGTERM');
    expect(await app().exited).toBe(0);
    expect(app().detailsOf('dialog.message')).toEqual([]);
    expect(await statusOf(runId)).toBe('paused');
  });
});

describe('processes that are killed', unrepeatable, () => {
  const shown = appForAll();

  it('the core: a new one takes over, the window finds it, and the run goes on from where it was', async () => {
    const page = shown();
    const runId = await resumeOne(page, longRun);
    const before = await processes();
    expect(before).toHaveLength(2);
    process.kill(before[0]?.pid ?? 0, 'SIGKILL');
    await page.getByRole('button', { name: 'Resume' }).first().waitFor();
    // An engine ends when it hears that its core has gone, after the question it is at.
    await expect.poll(async () => (await processes()).map(({ serviceName }) => serviceName)).toEqual(['Penumbra core']);
    await expect.poll(() => before.filter(({ pid }) => isAlive(pid))).toEqual([]);
    const { status, total } = await stateOf(runId);
    expect([status, total < longRun]).toEqual(['interrupted', true]);
    await page.getByRole('button', { name: 'Resume' }).first().click();
    await expect.poll(async () => (await stateOf(runId)).total).toBeGreaterThan(total);
  });

  it('the program, at work: neither core nor engine is left', async () => {
    const children = await processes();
    expect(children).toHaveLength(2);
    app().signal('SIGKILL');
    await app().exited;
    await expect.poll(() => children.filter(({ pid }) => isAlive(pid))).toEqual([]);
  });
});
