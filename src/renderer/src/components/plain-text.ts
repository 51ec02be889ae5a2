/**
 * Text of datasets and models as a page may show it. Control characters, which would be invisible or move other text,
 * become their symbols (U+2400 and on); characters that turn the direction of text around become their names.
 */

// oxlint-disable-next-line no-control-regex -- they are what is looked for
const controls = /[\u0000-\u0008\u000b-\u001f\u007f]/g;
const turns = /[\u202a-\u202e\u2066-\u2069]/g;

/** Tabs and line breaks stay as they are. */
export function plainText(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(controls, (character) => {
      const code = character.charCodeAt(0);
      return String.fromCharCode(code === 0x7f ? 0x2421 : 0x2400 + code);
    })
    .replace(turns, (character) => `[U+${character.charCodeAt(0).toString(16).toUpperCase()}]`);
}

/** The beginning, on one line, for lists: `…` says that there is more. */
export function beginningOf(text: string, length = 300): string {
  const line = plainText(text.slice(0, 2 * length)).replace(/\s+/g, ' ');
  return line.length <= length && text.length <= 2 * length ? line : `${line.slice(0, length).trimEnd()}…`;
}
