/** The tokens with a role of their own, found by their content in whatever tokenizer a checkpoint brings. */
import type { SpecialTokens } from '../../shared/bundle.ts';
import { fail } from '../../shared/failure.ts';

/** Added by IVT-LR, in this order. */
export const latentTokenNames = {
  startLatent: '<|start-latent|>',
  endLatent: '<|end-latent|>',
  latent: '<|latent|>',
} as const;

/** Tokens that delimit or fill slots of the sequence: what a question says must never become one of them. */
export const slotTokenNames: readonly string[] = [
  '<|vision_start|>',
  '<|vision_end|>',
  '<|vision_pad|>',
  '<|image_pad|>',
  '<|video_pad|>',
  ...Object.values(latentTokenNames),
];

/**
 * Looks the special tokens up. Fails with `malformed-tokenizer`, naming `file`, where one of Qwen2-VL's own is
 * missing; the latent ones may be.
 */
export function findSpecialTokens(file: string, tokenId: (content: string) => number | undefined): SpecialTokens {
  const required = (content: string): number =>
    tokenId(content) ??
    fail('malformed-tokenizer', 'The tokenizer lacks a token that Qwen2-VL needs.', {
      file,
      place: 'added_tokens',
      expected: content,
      action: "Take the tokenizer from a Qwen2-VL model; a Qwen2 text model's does not do.",
    });
  return {
    imageStart: required('<|vision_start|>'),
    imageEnd: required('<|vision_end|>'),
    imagePad: required('<|image_pad|>'),
    endOfSequence: [required('<|im_end|>'), required('<|endoftext|>')],
    latent: tokenId(latentTokenNames.latent) ?? null,
    startLatent: tokenId(latentTokenNames.startLatent) ?? null,
    endLatent: tokenId(latentTokenNames.endLatent) ?? null,
  };
}
