/**
 * Keys that a JSON object holds more than once. JSON.parse keeps the last value in silence, and in files keyed by
 * question a repeated key is a duplicate id.
 */

const quote = 0x22;
const backslash = 0x5c;

/**
 * The repeated keys of the document's object, or of the object at its key `within`, each once, in order. `text` is
 * JSON that JSON.parse accepts; anything else gives an arbitrary answer.
 */
export function repeatedKeys(text: string, within: string | null = null): string[] {
  const wantedDepth = within === null ? 1 : 2;
  const seen = new Set<string>();
  const repeated = new Set<string>();
  let depth = 0;
  let topKey: string | null = null;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x7b || code === 0x5b) depth += 1;
    else if (code === 0x7d || code === 0x5d) depth -= 1;
    if (code !== quote) continue;
    const end = closingQuote(text, at + 1);
    if ((depth === 1 || depth === wantedDepth) && isKey(text, end + 1)) {
      const key = JSON.parse(text.slice(at, end + 1)) as string;
      if (depth === 1) topKey = key;
      if (depth === wantedDepth && (within === null || topKey === within)) {
        if (seen.has(key)) repeated.add(key);
        seen.add(key);
      }
    }
    at = end;
  }
  return [...repeated];
}

function closingQuote(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === backslash) at += 1;
    else if (code === quote) return at;
  }
  return text.length;
}

/** Whether a colon follows: inside lists and as values, strings are no keys. */
function isKey(text: string, from: number): boolean {
  let at = from;
  while (at < text.length && text.charCodeAt(at) <= 0x20) at += 1;
  return text.charCodeAt(at) === 0x3a;
}
