/** The written lists of methods: what `npm run methods` would write from the files. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { methodLists } from '../../scripts/write-methods.ts';
import { methods, describeMethod } from '../../src/shared/run-settings.ts';

describe('the lists of methods', () => {
  it('are what `npm run methods` writes', async () => {
    for (const { path, text } of await methodLists()) expect(await readFile(path, 'utf8'), path).toBe(text);
  });

  it('hold the methods of the comparison', () => {
    expect(methods).toEqual([
      'ccot',
      'chain-of-focus',
      'cot',
      'icot',
      'ivt-lr',
      'multimodal-cot',
      'no-cot',
      'scaffold',
    ]);
    expect(methods.filter((method) => describeMethod(method).isLatent)).toEqual(['ivt-lr']);
  });
});
