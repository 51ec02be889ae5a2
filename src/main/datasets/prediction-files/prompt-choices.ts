/**
 * The choices as a prompt lists them, for rows that lack the field: after the last line `[Choices]` (or
 * `<CHOICE>`, `Choices:`, `Options:`) lines `(A) …`, `A. …` or `A) …`, lettered from A without a gap; a choice runs on until
 * the next letter or a blank line. Published prompts have this form; anything else gives nothing, never a guess.
 */

const heading = /^\s*(?:[[<](?:choices?|options?)[\]>]|(?:choices|options)\s*:)\s*$/i;
const item = /^\s*(?:\(([A-Z])\)|([A-Z])[.)])\s*(.*)$/;

/** The choices, at least two; or null. */
export function choicesOfPrompt(prompt: string): string[] | null {
  const lines = prompt.split(/\r?\n/);
  const start = lines.findLastIndex((line) => heading.test(line));
  if (start === -1) return null;
  const choices: string[] = [];
  for (const line of lines.slice(start + 1)) {
    if (line.trim() === '') break;
    const [, bracketed, plain, text] = item.exec(line) ?? [];
    const letter = bracketed ?? plain;
    if (letter !== undefined && letter.charCodeAt(0) - 65 === choices.length) choices.push(text?.trimEnd() ?? '');
    else if (choices.length > 0) choices.push(`${choices.pop() ?? ''}\n${line.trimEnd()}`);
    else return null;
  }
  return choices.length < 2 ? null : choices;
}
