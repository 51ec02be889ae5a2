/**
 * Chameleon's tokens with a role of their own, found by their content. The vocabulary holds a token for each entry of
 * the image codebook, named `IMGIMG` + the entry's decimal digits as letters (A = 0 … J = 9) + `Z`.
 */
import type { SpecialTokens } from '../../../shared/bundle.ts';
import { fail } from '../../../shared/failure.ts';
import { latentTokenNames } from '../../vlm/special-tokens.ts';

export type ChameleonTokens = SpecialTokens &
  Readonly<{
    /** Stands before every prompt. */
    bos: number;
    /** Stands between prompt and answer. */
    separator: number;
    /** Id of each entry of the codebook, in its order. */
    imageTokens: readonly number[];
  }>;

const names = {
  bos: '<s>',
  endOfSequence: '</s>',
  imageStart: '<racm3:break>',
  imageEnd: '<eoss>',
  imagePad: '<image>',
  separator: '<reserved08706>',
} as const;

/** Index in the codebook of an image token's name; null for other names. */
export function codebookIndex(name: string): number | null {
  const letters = /^IMGIMG(?<letters>[A-J]+)Z$/.exec(name)?.groups?.['letters'];
  if (letters === undefined) return null;
  return Number(letters.replaceAll(/[A-J]/g, (letter) => String(letter.charCodeAt(0) - 65)));
}

function findImageTokens(
  file: string,
  tokenId: (content: string) => number | undefined,
  contents: Iterable<string>,
): number[] {
  const byIndex = new Map<number, number>();
  for (const name of new Set(contents)) {
    const index = codebookIndex(name);
    const id = tokenId(name);
    if (index === null || id === undefined) continue;
    if (byIndex.has(index)) refuseImageTokens(file, `two tokens for codebook entry ${index}`);
    byIndex.set(index, id);
  }
  if (byIndex.size === 0) refuseImageTokens(file, 'none');
  return Array.from({ length: byIndex.size }, (_, index) => {
    return (
      byIndex.get(index) ?? refuseImageTokens(file, `${byIndex.size} tokens, but none for codebook entry ${index}`)
    );
  });
}

function refuseImageTokens(file: string, found: string): never {
  return fail('malformed-tokenizer', 'The tokenizer does not name the image tokens as Chameleon does.', {
    file,
    place: 'model.vocab',
    expected: 'IMGIMG…Z, one for each entry of the codebook from 0 on',
    found,
    action: 'Take the tokenizer from a Chameleon model.',
  });
}

/**
 * Looks the tokens up (for `loadTokenizer`). Fails with `malformed-tokenizer`, naming `file`, where one of Chameleon's
 * own is missing or the image tokens have gaps; the latent ones may be missing.
 */
export function findChameleonTokens(
  file: string,
  tokenId: (content: string) => number | undefined,
  contents: () => Iterable<string>,
): ChameleonTokens {
  const required = (content: string): number =>
    tokenId(content) ??
    fail('malformed-tokenizer', 'The tokenizer lacks a token that Chameleon needs.', {
      file,
      place: 'added_tokens',
      expected: content,
      action: 'Take the tokenizer from a Chameleon model.',
    });
  return {
    bos: required(names.bos),
    imageStart: required(names.imageStart),
    imageEnd: required(names.imageEnd),
    imagePad: required(names.imagePad),
    separator: required(names.separator),
    endOfSequence: [required(names.endOfSequence)],
    imageTokens: findImageTokens(file, tokenId, contents()),
    latent: tokenId(latentTokenNames.latent) ?? null,
    startLatent: tokenId(latentTokenNames.startLatent) ?? null,
    endLatent: tokenId(latentTokenNames.endLatent) ?? null,
  };
}

/** Ids that delimit or fill slots of the sequence: what a question says must never become one of them. */
export function slotTokenIds(tokens: ChameleonTokens): ReadonlySet<number> {
  const { imageStart, imageEnd, imagePad, separator, imageTokens, latent, startLatent, endLatent } = tokens;
  const latentIds = [latent, startLatent, endLatent].filter((id) => id !== null);
  return new Set([imageStart, imageEnd, imagePad, separator, ...latentIds, ...imageTokens]);
}
