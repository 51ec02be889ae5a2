/** Where the window opens: as it was, unless no screen shows it any more or what was remembered is no bounds. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  fitBounds,
  readBounds,
  writeBounds,
  type Area,
  type WindowBounds,
} from '../../src/main/electron/window-bounds.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const main: Area = { x: 0, y: 0, width: 1920, height: 1080 };
const right: Area = { x: 1920, y: 0, width: 1280, height: 1024 };
const was = (x: number, y: number, width = 1000, height = 700): WindowBounds => ({
  x,
  y,
  width,
  height,
  maximised: false,
});

describe('fitBounds', () => {
  it.each<[string, WindowBounds | null, [Area, ...Area[]], Partial<WindowBounds>]>([
    ['a first start is centred', null, [main], { x: 240, y: 90, width: 1440, height: 900 }],
    [
      'a first start on a small screen fits',
      null,
      [{ x: 0, y: 0, width: 1024, height: 700 }],
      { x: 0, y: 0, width: 1024, height: 700 },
    ],
    ['as it was', was(100, 50), [main], was(100, 50)],
    ['on the second screen', was(2000, 50), [main, right], was(2000, 50)],
    ['the second screen is gone', was(2000, 50), [main], { x: 460, y: 190 }],
    ['above the screen', was(100, -50), [main], { x: 460, y: 190 }],
    ['almost off to the right', was(1850, 50), [main], { x: 460, y: 190 }],
    ['half off to the left, title bar in reach', was(-500, 50), [main], was(-500, 50)],
    ['larger than the screen it is on', was(0, 0, 4000, 3000), [main], { width: 1920, height: 1080 }],
    ['smaller than is usable', was(10, 10, 5, 5), [main], { x: 460 + 100, width: 800, height: 560 }],
  ])('%s', (_, remembered, areas, expected) => expect(fitBounds(remembered, areas)).toMatchObject(expected));
});

describe('remembered bounds', () => {
  const newFolder = temporaryFolders();
  it('come back as they were', async () => {
    const file = join(await newFolder(), 'window.json');
    await writeBounds(file, { ...was(1, 2), maximised: true });
    expect(await readBounds(file)).toEqual({ x: 1, y: 2, width: 1000, height: 700, maximised: true });
  });

  it.each(['', '{', 'null', '{"x":1}', '{"x":"1","y":2,"width":3,"height":4}', '{"x":1,"y":2,"width":-3,"height":4}'])(
    'of %j are none',
    async (text) => {
      const file = join(await newFolder(), 'window.json');
      await writeFile(file, text);
      expect(await readBounds(file)).toBeNull();
    },
  );
});
