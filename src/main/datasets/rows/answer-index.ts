/** The gold answer as a 0-based index, from the ways in which datasets write it. */

/**
 * How a dataset writes answers. `letter`: A is the first choice; `index`: 0 is the first choice; `text`: the
 * choice itself; `any`: a number is an index; a text is first taken as one capital letter, then as a choice's
 * text, then as an index, so that "2" among the choices 1, 2, 3 means the second choice.
 */
export const answerRules = ['letter', 'index', 'text', 'any'] as const;
export type AnswerRule = (typeof answerRules)[number];

export type AnswerReading =
  | Readonly<{ kind: 'index'; index: number }>
  /** The row gives no answer (an unpublished test split). */
  | Readonly<{ kind: 'none' }>
  /** The row gives one, and it is none of the choices. */
  | Readonly<{ kind: 'outside' }>
  /** Neither text nor number. */
  | Readonly<{ kind: 'malformed' }>;

/** Reads an answer; `firstIndex` is the number of the first choice where answers are indices (0 or 1). */
export function readAnswer(
  value: unknown,
  choices: readonly string[],
  rule: AnswerRule,
  firstIndex: number = 0,
): AnswerReading {
  if (value === null || value === undefined) return { kind: 'none' };
  if (typeof value === 'bigint') return readAnswer(Number(value), choices, rule, firstIndex);
  if (typeof value === 'number') {
    if (rule === 'letter') return { kind: 'malformed' };
    if (rule === 'text') return within(choices.indexOf(String(value)), choices);
    return Number.isInteger(value) ? within(value - firstIndex, choices) : { kind: 'malformed' };
  }
  if (typeof value !== 'string') return { kind: 'malformed' };
  const text = value.trim();
  if (text === '') return { kind: 'none' };
  const letterIndex = /^[A-Za-z]$/.test(text) ? text.toUpperCase().charCodeAt(0) - 65 : -1;
  if (rule === 'letter') return within(letterIndex, choices);
  if (rule === 'text') return within(indexOfText(text, choices), choices);
  if (rule === 'any') {
    if (/^[A-Z]$/.test(text) && letterIndex < choices.length) return { kind: 'index', index: letterIndex };
    const byText = indexOfText(text, choices);
    if (byText !== -1) return { kind: 'index', index: byText };
  }
  if (/^-?\d+$/.test(text)) return within(Number(text) - firstIndex, choices);
  return rule === 'any' ? within(letterIndex, choices) : { kind: 'outside' };
}

/** The only choice that is this text, exactly or else but for case and outer space; -1 for none or several. */
function indexOfText(text: string, choices: readonly string[]): number {
  const exact = choices.indexOf(text);
  if (exact !== -1) return exact;
  const lower = text.toLowerCase();
  const hits = choices.flatMap((choice, index) => (choice.trim().toLowerCase() === lower ? [index] : []));
  return hits.length === 1 ? (hits[0] ?? -1) : -1;
}

function within(index: number, choices: readonly string[]): AnswerReading {
  return index >= 0 && index < choices.length ? { kind: 'index', index } : { kind: 'outside' };
}
