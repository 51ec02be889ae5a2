/** Paths below the home folder are shown short; nothing else is. */
import { expect, it } from 'vitest';
import { shortPath } from '../../src/renderer/src/components/short-path.ts';

it.each([
  ['/home/ada/data', '/home/ada', '~/data'],
  ['/home/ada', '/home/ada', '~'],
  ['/home/adam/data', '/home/ada', '/home/adam/data'],
  ['/data', '/home/ada', '/data'],
  ['/data', '/', '/data'],
  ['C:\\Users\\ada\\m3cot', 'C:\\Users\\ada', '~\\m3cot'],
  ['/data', null, '/data'],
])('%s at home in %s is %s', (path, home, shown) => expect(shortPath(path, home)).toBe(shown));
