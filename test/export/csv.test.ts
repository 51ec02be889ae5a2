import { stringify } from 'csv-stringify/sync';
import { describe, expect, it } from 'vitest';
import { csvText, type Cell } from '../../src/main/export/csv.ts';
import { readCsv } from '../support/read-csv.ts';

const read = (records: readonly (readonly Cell[])[]): string[][] => readCsv(csvText(records));

describe('CSV', () => {
  it('ends every line with CRLF and quotes what RFC 4180 wants quoted', () => {
    expect(csvText([['a', 'b,c', 'say "hi"', 'two\nlines', '', null]])).toBe('a,"b,c","say ""hi""","two\nlines",,\r\n');
    expect(csvText([])).toBe('');
  });

  it('is what an independent writer gives, and comes back as it was', () => {
    const cells = [
      'plain',
      ' spaces ',
      '"',
      '""',
      'a\r\nb',
      'a\nb',
      'a\rb',
      'ünï漢😀',
      ',',
      ';',
      "it's",
      '\\',
      '#',
      '',
    ];
    const theirs = stringify([cells, cells], { record_delimiter: '\r\n', quoted_match: /[\r\n]/ });
    expect(csvText([cells, cells])).toBe(theirs);
    expect(read([cells, cells])).toEqual([cells, cells]);
  });

  it.each(['=1+1', '+49', '-2', '@SUM(A1)', '\tx', '\r=1', '=HYPERLINK("http://x")', '-'])(
    'text that a spreadsheet would execute gets an apostrophe: %j',
    (text) => {
      expect(read([[text]])).toEqual([[`'${text}`]]);
    },
  );

  it.each(['a=1', ' =1', "'=1", '(A)', '1-2'])('other text is left alone: %j', (text) => {
    expect(read([[text]])).toEqual([[text]]);
  });

  it('numbers stay numbers, also negative ones; truth values are words', () => {
    expect(read([[-1.5, 0, 1e-7, 12345678901, true, false, null]])).toEqual([
      ['-1.5', '0', '1e-7', '12345678901', 'true', 'false', ''],
    ]);
  });
});
