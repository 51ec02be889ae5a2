/** The small pure parts of runs: ids, hashes, samples to verify, speeds, reasons of an engine's end. */
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/main/runs/configuration-hash.ts';
import { failureOfExit } from '../../src/main/runs/engine-exit.ts';
import { createRunId } from '../../src/main/runs/run-id.ts';
import { RunProgress } from '../../src/main/runs/run-progress.ts';
import { chooseSeeded } from '../../src/main/runs/verify-run.ts';

describe('run ids', () => {
  it('are ULIDs: unique, and ordered by time', () => {
    const ids = Array.from({ length: 1000 }, () => createRunId(1_700_000_000_000));
    expect(new Set(ids).size).toBe(1000);
    expect(ids.every((id) => /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(id))).toBe(true);
    // The time part of the specification's example (github.com/ulid/spec).
    expect(createRunId(1469922850259).slice(0, 10)).toBe('01ARZ3NDEK');
    expect(createRunId(1_700_000_000_001) > (ids[0] ?? '')).toBe(true);
  });
});

describe('canonical JSON', () => {
  it('does not depend on the order of keys, and keeps the order of lists', () => {
    expect(canonicalJson({ b: [2, 1], a: { d: null, c: 'ü' }, e: undefined })).toBe(
      '{"a":{"c":"ü","d":null},"b":[2,1]}',
    );
    expect(canonicalJson({ b: 1, a: 2 })).toBe(canonicalJson({ a: 2, b: 1 }));
    expect(canonicalJson([1, 2])).not.toBe(canonicalJson([2, 1]));
  });
});

describe('the sample to verify', () => {
  const positions = Array.from({ length: 200 }, (_, index) => index * 3);

  it('is the same for a seed, another for another, and grows by adding', () => {
    const ten = chooseSeeded(positions, 10, 1);
    expect(ten).toHaveLength(10);
    expect(chooseSeeded(positions, 10, 1)).toEqual(ten);
    expect(chooseSeeded(positions, 10, 2)).not.toEqual(ten);
    expect(chooseSeeded(positions, 20, 1)).toEqual(expect.arrayContaining(ten));
    expect([...ten].sort((a, b) => a - b)).toEqual(ten);
    expect(chooseSeeded(positions, 1000, 1)).toEqual(positions);
  });
});

describe('progress', () => {
  it('measures speed over the last minute, from the moment the engine began to answer', () => {
    const progress = new RunProgress('R', 1000, { done: 100, correct: 40, failed: 1 });
    expect(progress.state()).toMatchObject({
      phase: 'waiting',
      done: 100,
      questionsPerSecond: null,
      secondsLeft: null,
    });
    progress.enter('loading model', 0);
    progress.enter('answering', 10_000);
    progress.add({ done: 20, correct: 5, failed: 0 }, 20_000);
    expect(progress.state()).toMatchObject({
      done: 120,
      correct: 45,
      failed: 1,
      questionsPerSecond: 2,
      secondsLeft: 440,
    });
    progress.add({ done: 80, correct: 0, failed: 0 }, 40_000);
    progress.add({ done: 400, correct: 0, failed: 0 }, 90_000);
    // What came before the last minute has left the window: 400 questions in the 50 s since 40,000.
    expect(progress.state().questionsPerSecond).toBe(8);
  });

  it('tells whoever waits about a change', async () => {
    const progress = new RunProgress('R', 10, { done: 0, correct: 0, failed: 0 });
    const { changed } = progress;
    progress.add({ done: 1, correct: 1, failed: 0 });
    await changed;
    expect(progress.state().done).toBe(1);
  });
});

describe('the end of an engine', () => {
  it.each([
    [{ code: null, signal: 'SIGKILL', errorTail: '' }, 'out-of-memory', 'signal SIGKILL'],
    [
      { code: 134, signal: null, errorTail: 'FATAL ERROR: JavaScript heap out of memory' },
      'out-of-memory',
      'exit code 134',
    ],
    [
      { code: null, signal: 'SIGABRT', errorTail: "terminate called after throwing 'std::bad_alloc'" },
      'out-of-memory',
      'SIGABRT',
    ],
    [{ code: null, signal: 'SIGSEGV', errorTail: '' }, 'engine-crashed', 'signal SIGSEGV'],
    [{ code: 1, signal: null, errorTail: 'first\nlast words' }, 'engine-crashed', 'exit code 1: last words'],
    [{ code: null, signal: null, errorTail: 'spawn ENOENT' }, 'engine-crashed', 'spawn ENOENT'],
  ] as const)('%o', (exit, kind, found) => {
    const failure = failureOfExit(exit);
    expect(failure.kind).toBe(kind);
    expect(failure.found).toContain(found);
    expect(failure.action).toBeTruthy();
  });
});
