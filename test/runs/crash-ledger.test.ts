/** When questions given up in a row are the engine's fault, with several engines at work. */
import { describe, expect, it } from 'vitest';
import { createCrashLedger } from '../../src/main/runs/crash-ledger.ts';

describe('the ledger of crashes', () => {
  it('stops at three in a row of one engine, whatever the others answer', () => {
    const ledger = createCrashLedger([]);
    const [broken, sound] = [ledger.open(), ledger.open()];
    expect(broken.gaveUp(1)).toBeNull();
    sound.answered();
    expect(broken.gaveUp(4)).toBeNull();
    sound.answered();
    expect(broken.gaveUp(5)).toEqual([1, 4, 5]);
  });

  it('stops at three in a row of all engines together', () => {
    const ledger = createCrashLedger([]);
    const [a, b, c] = [ledger.open(), ledger.open(), ledger.open()];
    expect(a.gaveUp(0)).toBeNull();
    expect(b.gaveUp(8)).toBeNull();
    expect(c.gaveUp(16)?.toSorted()).toEqual([0, 16, 8]);
  });

  it('starts anew with an answer of the engine itself', () => {
    const ledger = createCrashLedger([]);
    const engine = ledger.open();
    engine.gaveUp(1);
    engine.gaveUp(2);
    engine.answered();
    expect(engine.gaveUp(3)).toBeNull();
    expect(engine.gaveUp(4)).toBeNull();
    expect(engine.gaveUp(5)).toEqual([3, 4, 5]);
  });

  it('never raises the limit of a batch again, and no limit is below one', () => {
    const ledger = createCrashLedger([7]);
    const [a, b] = [ledger.open(), ledger.open()];
    expect(a.batchLimit()).toBe(Number.POSITIVE_INFINITY);
    a.wasTooLarge(8);
    a.wasTooLarge(4);
    b.wasTooLarge(8);
    expect([a.batchLimit(), b.batchLimit()]).toEqual([2, 2]);
    b.wasTooLarge(1);
    expect(a.batchLimit()).toBe(1);
    expect([a.isSuspect(7), b.isSuspect(8)]).toEqual([true, false]);
  });
});
