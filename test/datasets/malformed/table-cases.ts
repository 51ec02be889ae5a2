/** Malformed CSV and TSV. */
import { csvHeader, tsvHeader, utf16, type MalformedCase } from './case.ts';

export const tableCases: readonly MalformedCase[] = [
  {
    name: 'base64 garbage',
    files: { 'x.tsv': `${tsvHeader}1\t${'§'.repeat(80)}\tQ?\tx\ty\tA\n` },
    kind: 'malformed-image',
    file: 'x.tsv',
    from: 'image',
  },
  {
    name: 'an image index that no row has',
    files: { 'x.tsv': `${tsvHeader}1\t99\tQ?\tx\ty\tA\n` },
    kind: 'malformed-row',
    file: 'x.tsv',
    row: 2,
    remaining: 0,
  },
  {
    name: 'an open question',
    files: { 'x.tsv': `${tsvHeader}1\t\tQ?\t\t\tA\n2\t\tQ?\tx\ty\tA\n` },
    kind: 'malformed-row',
    file: 'x.tsv',
    row: 2,
    remaining: 1,
  },
  {
    name: 'a ragged TSV row',
    files: { 'x.tsv': `${tsvHeader}1\t\tQ?\tx\n2\t\tQ?\tx\ty\tA\n` },
    kind: 'malformed-row',
    file: 'x.tsv',
    row: 2,
    remaining: 1,
  },
  {
    name: 'a TSV answer outside the options',
    files: { 'x.tsv': `${tsvHeader}1\t\tQ?\tx\ty\tC\n2\t\tQ?\tx\ty\tA\n` },
    kind: 'answer-out-of-range',
    file: 'x.tsv',
    row: 2,
    remaining: 1,
  },
  {
    name: 'a header with a column twice',
    files: { 'x.tsv': `index\tquestion\tA\tB\tA\tanswer\n1\tQ?\tx\ty\tz\tA\n` },
    kind: 'malformed-file',
    file: 'x.tsv',
  },
  {
    name: 'a ragged CSV row',
    files: { 'x.csv': `${csvHeader}1,Q?,x,y,A,extra\n2,Q?,x,y,A\n` },
    kind: 'malformed-row',
    file: 'x.csv',
    row: 2,
    remaining: 1,
  },
  {
    name: 'an unclosed quote',
    files: { 'x.csv': `${csvHeader}1,"Q?,x,y,A\n2,Q?,x,y,A\n` },
    kind: 'malformed-row',
    file: 'x.csv',
    row: 2,
    remaining: 1,
  },
  {
    name: 'text after a closing quote',
    files: { 'x.csv': `${csvHeader}1,"Q"?,x,y,A\n2,Q?,x,y,A\n` },
    kind: 'malformed-row',
    file: 'x.csv',
    row: 2,
    remaining: 1,
  },
  {
    name: 'a CSV row that is not UTF-8',
    files: {
      'x.csv': Buffer.concat([
        Buffer.from(`${csvHeader}1,Q?,x,y,A\n2,caf`),
        Buffer.from([0xe9]),
        Buffer.from(',x,y,A\n'),
      ]),
    },
    kind: 'wrong-encoding',
    file: 'x.csv',
    row: 3,
    remaining: 1,
  },
  { name: 'a CSV in UTF-16', files: { 'x.csv': utf16(csvHeader) }, kind: 'wrong-encoding', file: 'x.csv' },
  {
    name: 'a CSV row of 65 MiB',
    files: {
      'x.csv': Buffer.concat([
        Buffer.from(`${csvHeader}1,"`),
        Buffer.alloc(65 * 2 ** 20, 0x78),
        Buffer.from('",x,y,A\n2,Q?,x,y,A\n'),
      ]),
    },
    kind: 'malformed-row',
    file: 'x.csv',
    row: 2,
    remaining: 1,
  },
];
