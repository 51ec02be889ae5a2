/**
 * Chats of one to three turns with up to three pictures of many sizes: token ids, picture sizes and mRoPE positions as
 * transformers' processor and `get_rope_index` give them (values: trainer/golden/make_conversations.py).
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { findChatTemplate } from '../../../src/main/vlm/chat-template.ts';
import { buildChatPrompt } from '../../../src/main/backbones/qwen2-vl/chat-prompt.ts';
import { mropePositions } from '../../../src/main/backbones/qwen2-vl/rope.ts';
import { smartResize } from '../../../src/main/backbones/qwen2-vl/smart-resize.ts';
import { findSpecialTokens } from '../../../src/main/vlm/special-tokens.ts';
import { loadTokenizer } from '../../../src/main/vlm/tokenizer.ts';
import { checkpointFolder, sha256 } from '../../vlm/vlm-golden.ts';

const partSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('image') }),
  z.object({ type: z.literal('text'), text: z.string() }),
]);
const golden = z
  .object({
    manifest: z.tuple([z.object({ limits: z.object({ minPixels: z.int(), maxPixels: z.int() }) })]),
    layouts: z.array(
      z.object({
        messages: z.array(z.object({ role: z.enum(['system', 'user', 'assistant']), content: z.array(partSchema) })),
        imageSizes: z.array(z.object({ width: z.int(), height: z.int() })),
        gridThw: z.array(z.tuple([z.int(), z.int(), z.int()])),
        tokenCount: z.int(),
        tokenIdsSha256: z.string(),
        ropeDelta: z.int(),
        positionsSha256: z.string(),
        positions: z.array(z.array(z.int())).optional(),
      }),
    ),
  })
  .parse(JSON.parse(await readFile(new URL('../../golden/methods/chat-layouts.json', import.meta.url), 'utf8')));
const { minPixels, maxPixels } = golden.manifest[0].limits;

const patchSize = 14;
const merge = 2;

describe('chats of many layouts', () => {
  it('have the ids, grids and positions of transformers', async () => {
    const folder = join(checkpointFolder, 'tiny-tied');
    const tokenizer = await loadTokenizer(
      {
        tokenizer: join(folder, 'tokenizer.json'),
        tokenizerConfig: join(folder, 'tokenizer_config.json'),
      },
      findSpecialTokens,
    );
    const chatTemplate = await findChatTemplate(folder);
    expect(golden.layouts).toHaveLength(200);
    for (const [index, layout] of golden.layouts.entries()) {
      const grids = layout.imageSizes.map((size) => {
        const resized = smartResize(size, patchSize * merge, minPixels, maxPixels, 'x');
        return [1, resized.height / patchSize, resized.width / patchSize] as const;
      });
      expect(grids, `layout ${index}`).toEqual(layout.gridThw);
      const imageTokenCounts = grids.map(([, rows, columns]) => (rows * columns) / merge ** 2);
      const { tokenIds, imageSpans } = buildChatPrompt({
        tokenizer,
        chatTemplate,
        messages: layout.messages,
        imageTokenCounts,
      });
      expect(tokenIds.length, `layout ${index}`).toBe(layout.tokenCount);
      expect(sha256(Int32Array.from(tokenIds)), `layout ${index}`).toBe(layout.tokenIdsSha256);
      const placed = imageSpans.map((span, image) => ({ ...span, gridThw: grids[image] ?? ([0, 0, 0] as const) }));
      const { positions, next } = mropePositions(tokenIds.length, placed, merge);
      if (layout.positions !== undefined) expect([...positions]).toEqual(layout.positions.flat());
      expect(sha256(positions), `layout ${index}`).toBe(layout.positionsSha256);
      expect(next - tokenIds.length, `layout ${index}`).toBe(layout.ropeDelta);
    }
  });
});
