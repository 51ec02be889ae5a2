/** What is said where a model does not fit: the need, what there is, and the precision that would do. */
import { describe, expect, it } from 'vitest';
import { explainShortage, memoryThere, refuseTooLarge, type MemoryThere } from '../../src/main/runs/memory-shortage.ts';
import { presets } from '../../bench/checkpoints/presets.ts';
import { expectFailure } from '../support/expect-failure.ts';

const { text } = presets['2b'];
const embeddingBytes = 151_936 * 1536 * 2;
/**
 * 1.5 billion weights of 4 bytes: 6 GB; the head once more, 0.933 GB, a question 0.242 GB and the process 0.35 GB make
 * 7.5 GB. In f16 about 3.9 GB, in int8 2.5 GB, in int4 1.8 GB.
 */
const bundle = {
  text,
  precision: 'f32',
  sizeBytes: 6e9 + embeddingBytes,
  embeddings: { file: '', dtype: 'bf16' },
} as const;
const failure = { kind: 'out-of-memory', message: 'The engine ran out of memory.', found: 'signal SIGKILL' } as const;

describe('a shortage of memory', () => {
  const onDevice = (totalBytes: number | null): MemoryThere => ({ device: 'webgpu', totalBytes, freeBytes: null });

  it('names need, memory and what happened', () => {
    expect(explainShortage(failure, bundle, { device: 'cpu', totalBytes: 16e9, freeBytes: 3e9 })).toEqual({
      ...failure,
      expected: 'about 7.5 GB for one question in f32',
      found: '3.0 GB free; 16.0 GB in all; signal SIGKILL',
      action: 'Import the model in int8, which would fit, or choose another device.',
    });
  });

  it.each([
    { totalBytes: 4e9, action: 'Import the model in f16, which would fit, or choose another device.' },
    { totalBytes: 2e9, action: 'Import the model in int4, which would fit, or choose another device.' },
    { totalBytes: 1e9, action: expect.stringContaining('No precision would fit') as unknown },
    { totalBytes: null, action: 'Import the model with a lower precision, or choose another device.' },
  ])('on a device of $totalBytes bytes: $action', ({ totalBytes, action }) => {
    expect(explainShortage(failure, bundle, onDevice(totalBytes)).action).toEqual(action);
  });

  it('asks for other programs to be closed where nothing smaller is left and the machine would do', () => {
    const smallest = { ...bundle, precision: 'int4', sizeBytes: 1e9 + embeddingBytes } as const;
    const { action } = explainShortage(failure, smallest, { device: 'cpu', totalBytes: 8e9, freeBytes: 0.5e9 });
    expect(action).toBe('Close other programs.');
  });

  it('gives no advice on precision where there is memory for much more', () => {
    const { action } = explainShortage(failure, bundle, { device: 'cpu', totalBytes: 64e9, freeBytes: 30e9 });
    expect(action).toBe('Resume the run. If it ends in this way again, use a smaller batch size or fewer engines.');
  });

  it('is certain, before anything is loaded, only where the weights alone are too large', async () => {
    await expectFailure(async () => refuseTooLarge(bundle, onDevice(5.9e9)), 'out-of-memory');
    refuseTooLarge(bundle, onDevice(6.1e9));
    refuseTooLarge(bundle, onDevice(null));
  });

  it('knows main memory, and of a device what it is told', () => {
    const there = memoryThere('cpu', null);
    expect(there.totalBytes).toBeGreaterThan(1e8);
    expect(there.freeBytes).toBeLessThanOrEqual(there.totalBytes ?? 0);
    expect(memoryThere('webgpu', 5)).toEqual({ device: 'webgpu', totalBytes: 5, freeBytes: null });
  });
});
