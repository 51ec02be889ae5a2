/** Keys and sequences of keys: which binding a press means. */
import { describe, expect, it } from 'vitest';
import { type KeyPress, meaningOf } from '../../src/renderer/src/app/key-meaning.ts';

const page = { bindings: [{ keys: ['j', 'ArrowRight'] }, { keys: ['n'] }] };
const everywhere = { bindings: [{ keys: ['g r'] }, { keys: ['g m'] }, { keys: ['n'] }] };
const layers = [page, everywhere];

const press = (key: string, at = 0): KeyPress => ({ key, at });

describe('a key', () => {
  it('means its binding, by any of its alternatives', () => {
    expect(meaningOf(layers, press('j'), null)).toMatchObject({ kind: 'binding', layer: 0, index: 0, pressed: 'j' });
    expect(meaningOf(layers, press('ArrowRight'), null)).toMatchObject({ layer: 0, index: 0, pressed: 'ArrowRight' });
  });

  it("means the page's binding before the one that works everywhere", () => {
    expect(meaningOf(layers, press('n'), null)).toMatchObject({ kind: 'binding', layer: 0, index: 1 });
    expect(meaningOf([everywhere], press('n'), null)).toMatchObject({ kind: 'binding', layer: 0, index: 2 });
  });

  it('means nothing where nobody bound it', () => {
    expect(meaningOf(layers, press('z'), null)).toEqual({ kind: 'nothing' });
  });
});

describe('a sequence', () => {
  it('waits for its second key', () => {
    expect(meaningOf(layers, press('g', 100), null)).toEqual({ kind: 'waiting', press: { key: 'g', at: 100 } });
    expect(meaningOf(layers, press('m', 1299), press('g', 100))).toMatchObject({ layer: 1, index: 1, pressed: 'g m' });
  });

  it('is over after 1.2 s, and with a key that does not belong to it', () => {
    expect(meaningOf(layers, press('m', 1300), press('g', 100))).toEqual({ kind: 'nothing' });
    expect(meaningOf(layers, press('j', 200), press('g', 100))).toMatchObject({ kind: 'binding', pressed: 'j' });
  });

  it('begins anew with its first key', () => {
    expect(meaningOf(layers, press('g', 200), press('g', 100))).toEqual({
      kind: 'waiting',
      press: { key: 'g', at: 200 },
    });
  });
});
