/**
 * Text from files, labels and names, made safe for a terminal: a control character in it could move the cursor,
 * change colours or titles, or forge lines that the program never printed.
 */

/**
 * Controls (C0, DEL, C1) and the marks that reorder what follows (Trojan Source).
 * Joiners and other format characters belong to real words and stay.
 */
const unprintable = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/** One line: tabs and line ends become a blank, each other control character U+FFFD. */
export function printableLine(text: string): string {
  return text.replace(/[\t\n\v\f\r\u0085\u2028\u2029]+/gu, ' ').replace(unprintable, '\ufffd');
}

/** The same for text of several lines, which keeps its line ends. */
export function printableLines(text: string): string {
  return text.split('\n').map(printableLine).join('\n');
}
