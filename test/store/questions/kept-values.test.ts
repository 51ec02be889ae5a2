/** What is kept of runs is bounded by its bytes, whichever runs and however many. */
import { describe, expect, it } from 'vitest';
import { bytesOf, createKeptValues } from '../../../src/main/store/questions/kept-values.ts';

const kilobyte = (): Uint8Array => new Uint8Array(1024);

describe('kept values', () => {
  it('are computed once, until others take their room: the least recently used goes first', () => {
    const values = createKeptValues(3 * 1100);
    const [a, b] = [values.of('a'), values.of('b')];
    const computed: string[] = [];
    const ask = (keep: typeof a, key: string): void => {
      keep(key, () => {
        computed.push(key);
        return kilobyte();
      });
    };
    for (const key of ['one', 'two']) ask(a, key);
    ask(b, 'three');
    ask(a, 'one');
    expect(computed).toEqual(['one', 'two', 'three']);
    ask(b, 'four');
    ask(a, 'one');
    ask(b, 'three');
    expect(computed).toEqual(['one', 'two', 'three', 'four']);
    ask(a, 'two');
    expect(computed).toEqual(['one', 'two', 'three', 'four', 'two']);
    expect(values.keptBytes()).toBeLessThanOrEqual(3 * 1100);
  });

  it('hundreds of small ones stay where they take little room', () => {
    const keep = createKeptValues(2 ** 20).of('run');
    let computed = 0;
    for (let round = 0; round < 2; round += 1) {
      for (let key = 0; key < 500; key += 1) keep(String(key), () => (computed += 1));
    }
    expect(computed).toBe(500);
  });

  it('one that is larger than all room stays while it is used, alone', () => {
    const values = createKeptValues(2000);
    const keep = values.of('run');
    keep('small', kilobyte);
    const large = keep('large', () => new Float64Array(1000));
    expect(keep('large', kilobyte)).toBe(large);
    expect(values.keptBytes()).toBeLessThan(8100);
    keep('small', kilobyte);
    expect(values.keptBytes()).toBeLessThan(1100);
  });

  it('of one owner go together', () => {
    const values = createKeptValues(2 ** 20);
    values.of('a')('x', kilobyte);
    values.of('b')('x', kilobyte);
    values.forget('a');
    expect(values.keptBytes()).toBeLessThan(1100);
    expect(values.of('b')('x', () => new Uint8Array(1))).toHaveLength(1024);
  });

  it('know their size: typed arrays exactly, also inside other things, and what says it itself', () => {
    expect(bytesOf(new Int32Array(100))).toBe(400);
    expect(bytesOf({ a: new Float64Array(100), b: [new Uint8Array(50)] })).toBeGreaterThanOrEqual(850);
    expect(bytesOf({ a: new Float64Array(100), b: [new Uint8Array(50)] })).toBeLessThan(1000);
    expect(bytesOf({ sizeBytes: 4000, find: () => undefined })).toBe(4000);
    expect(bytesOf(['text of twenty chars', 3, null])).toBeGreaterThan(40);
  });
});
