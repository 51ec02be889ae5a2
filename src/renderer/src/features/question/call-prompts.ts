/** What of each call's prompt was new, for people: conversations go on, and their beginning has been read before. Pure. */
import type { ModelCall } from '../../../../shared/trace.ts';

export type CallPrompt = Readonly<{
  /** What follows on what an earlier call had read or written; all of it in the first call. */
  added: string;
  /** 0-based call that the prompt goes on from; null: it begins anew. */
  after: number | null;
}>;

/** One for each call, in their order. */
export function callPrompts(calls: readonly Pick<ModelCall, 'prompt' | 'outputText'>[]): CallPrompt[] {
  return calls.map(({ prompt }, index) => {
    const known = calls.slice(0, index).map((call) => commonLength(prompt, call.prompt + call.outputText));
    const cut = wholeFrom(prompt, Math.max(0, ...known));
    return { added: prompt.slice(cut), after: cut === 0 ? null : known.lastIndexOf(Math.max(...known)) };
  });
}

function commonLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length += 1;
  return length;
}

/** Two prompts may share half a word or half of a chat marker: what is shown begins with the whole one. */
function wholeFrom(text: string, index: number): number {
  const before = text.slice(0, index);
  const marker = /<\|?[a-z_]*\|?$/.exec(before);
  if (marker !== null) return marker.index;
  const word = /[\p{L}\p{N}]+$/u.exec(before);
  return word !== null && /^[\p{L}\p{N}]/u.test(text.slice(index)) ? word.index : index;
}
