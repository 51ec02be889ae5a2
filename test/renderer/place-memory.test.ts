/** Where the reader was in a list. */
import { expect, it } from 'vitest';
import { placeAt, rememberPlace } from '../../src/renderer/src/features/questions/place-memory.ts';

it('remembers the last fifty lists, the least recently left goes first', () => {
  for (let list = 0; list < 50; list += 1) rememberPlace(`#/${String(list)}`, { scrollY: list, cursor: null });
  rememberPlace('#/0', { scrollY: 700, cursor: 3 });
  rememberPlace('#/another', { scrollY: 1, cursor: null });
  expect(placeAt('#/0')).toEqual({ scrollY: 700, cursor: 3 });
  expect(placeAt('#/1')).toBeNull();
  expect(placeAt('#/2')).toEqual({ scrollY: 2, cursor: null });
  expect(placeAt('#/another')).toEqual({ scrollY: 1, cursor: null });
});
