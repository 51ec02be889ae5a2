/**
 * CSV as RFC 4180 wants it (CRLF, quotes doubled), safe to open in a spreadsheet: text that a spreadsheet would
 * take for a formula gets a leading apostrophe. Numbers stay numbers.
 */
import { stringify } from 'csv-stringify/sync';

export type Cell = string | number | boolean | null;

/** Records as CSV text, the last line ended too. */
export function csvText(records: readonly (readonly Cell[])[]): string {
  if (records.length === 0) return '';
  return stringify(
    records.map((cells) => cells.map(cellText)),
    // A lone CR or LF is no delimiter here, but to most readers it ends a line all the same.
    { record_delimiter: '\r\n', quoted_match: /[\r\n]/ },
  );
}

function cellText(cell: Cell): string {
  if (typeof cell === 'string') return neutralised(cell);
  return cell === null ? '' : String(cell);
}

/** Excel, LibreOffice and Google Sheets execute cells that start with one of these. */
function neutralised(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}
