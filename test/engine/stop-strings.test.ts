/** When generation ends, as transformers' StopStringCriteria has it (values: trainer/golden/make_sampling.py). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { stopStringMatcher } from '../../src/main/engine/stop-strings.ts';
import { findSpecialTokens } from '../../src/main/vlm/special-tokens.ts';
import { loadTokenizer } from '../../src/main/vlm/tokenizer.ts';
import { checkpointFolder, goldenFolder } from '../vlm/vlm-golden.ts';

const casesSchema = z.array(
  z.object({ stopStrings: z.array(z.string()), ids: z.array(z.int()), endsAfter: z.array(z.int()) }),
);
const golden = z
  .object({ tiny: casesSchema, large: casesSchema })
  .parse(JSON.parse(readFileSync(new URL('../golden/engine/stop-strings.json', import.meta.url), 'utf8')));
const folders = { tiny: join(checkpointFolder, 'tiny-tied'), large: join(goldenFolder, 'tokenizer-large') };

describe.each(['tiny', 'large'] as const)('with the %s vocabulary', (name) => {
  const tokenizerOf = async () =>
    await loadTokenizer(
      {
        tokenizer: join(folders[name], 'tokenizer.json'),
        tokenizerConfig: join(folders[name], 'tokenizer_config.json'),
      },
      findSpecialTokens,
    );

  it('holds after the same tokens as the reference', async () => {
    const tokenizer = await tokenizerOf();
    expect(golden[name].filter(({ endsAfter }) => endsAfter.length > 0).length).toBeGreaterThan(50);
    for (const { stopStrings, ids, endsAfter } of golden[name]) {
      const matches = stopStringMatcher(tokenizer, stopStrings);
      const found = ids.flatMap((_, index) => (matches(ids.slice(0, index + 1)) === null ? [] : [index + 1]));
      expect(found, JSON.stringify({ stopStrings, ids })).toEqual(endsAfter);
    }
  });

  it('names the string, and ends nothing without strings or tokens', async () => {
    const tokenizer = await tokenizerOf();
    const ids = tokenizer.encode('so </answer>');
    expect(stopStringMatcher(tokenizer, ['</tool_call>', '</answer>'])(ids)).toBe('</answer>');
    expect(stopStringMatcher(tokenizer, [])(ids)).toBeNull();
    expect(stopStringMatcher(tokenizer, ['a'])([])).toBeNull();
  });
});
