/** Reads `<answer>…</answer>`, in which Chain-of-Focus's models end. */

export type TaggedAnswer =
  | Readonly<{ kind: 'answer'; text: string }>
  /** No answer ends, but one begins: `text` is what there is of it, the output having been cut off. */
  | Readonly<{ kind: 'unclosed'; text: string }>
  | Readonly<{ kind: 'none' }>;

/** The last whole answer of a text, of nested ones the innermost, without white space around it; else the beginning of one. */
export function readAnswerTag(text: string): TaggedAnswer {
  let whole: string | null = null;
  let start = -1;
  for (const { 0: tag, index } of text.matchAll(/<\/?answer>/g)) {
    if (tag === '<answer>') {
      start = index + tag.length;
    } else if (start >= 0) {
      whole = text.slice(start, index);
      start = -1;
    }
  }
  if (whole !== null) return { kind: 'answer', text: whole.trim() };
  return start < 0 ? { kind: 'none' } : { kind: 'unclosed', text: text.slice(start).trim() };
}
