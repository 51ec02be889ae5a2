/** The walk over built chunks finds what a bundle must not reach, however it gets there. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findReach } from '../../scripts/reach.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const folder = await temporaryFolders()();
const write = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};
const reach = (file: string) => findReach(file, ['electron']).map(({ chain }) => chain.join(' -> '));

describe('findReach', () => {
  it.each([
    "import { app } from 'electron';",
    'import electron from "electron/main";',
    "export * from 'electron';",
    "await import('electron');",
    "const electron = require('electron');",
    "import 'electron';",
    "import{app}from'electron';",
  ])('finds %s', (line) => expect(reach(write('direct.js', line))).toEqual(['direct.js']));

  it('follows chunks, circles included, and tells the way', () => {
    write('b.js', "import './a.js'; const later = () => import('./c.js');");
    write('c.js', "import 'electron';");
    expect(reach(write('a.js', "import './b.js';"))).toEqual(['a.js -> b.js -> c.js']);
  });

  it('takes no other package for it', () => {
    expect(
      reach(write('other.js', "import 'electron-log'; import './electron-free.json' with { type: 'json' };")),
    ).toEqual([]);
  });
});
