/** The menus' items that depend on what there is: the guide, recent datasets. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findGuide } from '../../src/main/electron/guide.ts';
import { menuTemplate, type MenuActions } from '../../src/main/electron/menu.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const newFolder = temporaryFolders();
const nothing = (): void => undefined;
const actions: MenuActions = {
  send: nothing,
  chooseDataset: nothing,
  choosePackedRun: nothing,
  chooseCheckpoint: nothing,
  openRecent: nothing,
  clearRecent: nothing,
  openOutside: nothing,
  openGuide: nothing,
};

/** A program folder, with or without the guide. */
async function program(name: string, guideBeside: string | null): Promise<string> {
  const folder = await newFolder();
  if (guideBeside !== null) {
    mkdirSync(join(folder, guideBeside, 'docs', 'guide'), { recursive: true });
    writeFileSync(join(folder, guideBeside, 'docs', 'guide', 'app.md'), '# Guide');
  }
  return join(folder, name);
}

describe('the guide', () => {
  it('is that of the checkout, or lies unpacked beside the archive', async () => {
    const checkout = await program('penumbra', 'penumbra');
    expect(findGuide(checkout)).toBe(join(checkout, 'docs', 'guide', 'app.md'));
    const archive = await program('app.asar', 'app.asar.unpacked');
    expect(findGuide(archive)).toBe(join(`${archive}.unpacked`, 'docs', 'guide', 'app.md'));
  });

  it('is missing where no program could read it', async () => {
    expect(findGuide(await program('penumbra', null))).toBeNull();
    expect(findGuide(await program('app.asar', 'app.asar'))).toBeNull();
  });

  it.each([true, false])('is in the menu when there is one: %j', (hasGuide) => {
    const help = menuTemplate({ isMac: false, recent: [], hasGuide }, actions).find(({ role }) => role === 'help');
    const labels = Array.isArray(help?.submenu) ? help.submenu.map(({ label }) => label) : [];
    expect(labels).toContain('Check this machine');
    expect(labels.includes('Guide')).toBe(hasGuide);
  });
});
