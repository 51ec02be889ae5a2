/**
 * The tokens of what a person wrote, for Chameleon. The names of slot tokens in it (`<image>`, `IMGIMGAZ`,
 * `<|latent|>` and their like) come out as ordinary characters: the reference would miscount images or crash.
 * Other special tokens, such as `</s>`, are special as in the reference.
 */
import type { Tokenizer } from '../../vlm/tokenizer.ts';
import { slotTokenIds, type ChameleonTokens } from './special-tokens.ts';

/** The encoder of a tokenizer: token ids of a text, without a beginning and without slot tokens. */
export function ordinaryTextEncoder(tokenizer: Tokenizer<ChameleonTokens>): (text: string) => number[] {
  const slotIds = slotTokenIds(tokenizer.specialTokens);
  const utf8 = new TextDecoder();
  const encodeRun = (text: string): number[] =>
    tokenizer.encodeText(text).flatMap((id) => {
      if (!slotIds.has(id)) return [id];
      // A name that the vocabulary holds as one piece: apart from its first character it is none any more.
      const [first = '', ...rest] = utf8.decode(tokenizer.tokenBytes(id));
      return [...tokenizer.encodeText(first), ...tokenizer.encodeText(rest.join(''))];
    });
  return (text) => {
    const ids: number[] = [];
    let run = '';
    const endRun = (): void => {
      for (const id of encodeRun(run)) ids.push(id);
      run = '';
    };
    for (const segment of tokenizer.segment(text)) {
      if (segment.kind === 'text') run += segment.text;
      else if (slotIds.has(segment.id)) run += segment.content;
      else {
        endRun();
        ids.push(segment.id);
      }
    }
    endRun();
    return ids;
  };
}
