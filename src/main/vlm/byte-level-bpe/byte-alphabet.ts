/**
 * The alphabet of byte-level BPE (GPT-2's): every byte has a printable character that stands for it in the
 * vocabulary. Printable Latin-1 bytes stand for themselves, the other 68 for the characters from U+0100 on.
 */

function isItsOwnCharacter(byte: number): boolean {
  return (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
}

/** Character of each byte, [256]. */
export const byteCharacters: readonly string[] = (() => {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(isItsOwnCharacter(byte) ? byte : next++));
})();

const byteOfCharacter = new Map(byteCharacters.map((character, byte) => [character, byte]));
const utf8 = new TextEncoder();

/**
 * Bytes that a vocabulary entry stands for. An entry with a character outside the alphabet (an added token such as
 * one in Chinese) stands for its own text, as the reference's decoder has it.
 */
export function bytesOfToken(token: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of token) {
    const byte = byteOfCharacter.get(character);
    if (byte === undefined) return utf8.encode(token);
    bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}
