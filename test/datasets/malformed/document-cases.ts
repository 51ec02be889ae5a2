/** Malformed `problems.json` and `dataset.json`. */
import { csvHeader, type MalformedCase } from './case.ts';

/** A problems.json of one question. */
const scienceqa = (problem: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({
    7: { question: 'Q?', choices: ['x', 'y'], answer: 0, hint: '', image: null, split: 'test', ...problem },
  });

export const documentCases: readonly MalformedCase[] = [
  {
    name: 'broken problems.json',
    files: { 'problems.json': `${scienceqa({}).slice(0, -1)},` },
    kind: 'malformed-file',
    file: 'problems.json',
  },
  {
    name: 'a question id used twice',
    files: { 'problems.json': scienceqa({}).replace(/^\{(.*)\}$/s, '{$1,$1}') },
    kind: 'duplicate-id',
    file: 'problems.json',
    remaining: 1,
  },
  {
    name: 'a problem that is null',
    files: { 'problems.json': scienceqa({}).replace('}}', '},"8":null}') },
    kind: 'malformed-row',
    file: 'problems.json',
    row: 2,
    remaining: 1,
  },
  {
    name: 'an answer index outside the choices',
    files: { 'problems.json': scienceqa({ answer: 2 }) },
    kind: 'answer-out-of-range',
    file: 'problems.json',
    row: 1,
    remaining: 0,
  },
  {
    name: 'a negative answer index',
    files: { 'problems.json': scienceqa({ answer: -1 }) },
    kind: 'answer-out-of-range',
    file: 'problems.json',
    row: 1,
    remaining: 0,
  },
  {
    name: 'a fractional answer',
    files: { 'problems.json': scienceqa({ answer: 0.5 }) },
    kind: 'malformed-row',
    file: 'problems.json',
    row: 1,
    remaining: 0,
  },
  {
    name: 'a question id that climbs out',
    files: { 'problems.json': scienceqa({ image: '../../../../etc/hostname' }) },
    kind: 'path-outside-folder',
    file: 'problems.json',
    row: 1,
    remaining: 1,
  },
  {
    name: 'broken dataset.json',
    files: { 'dataset.json': '{"columns": ', 'x.csv': csvHeader },
    kind: 'malformed-file',
    file: 'dataset.json',
  },
  {
    name: 'a dataset.json with an unknown column role',
    files: { 'dataset.json': '{"columns": {"picture": "image"}}', 'x.csv': csvHeader },
    kind: 'malformed-file',
    file: 'dataset.json',
  },
  {
    name: 'a dataset.json that names columns no file has',
    files: { 'dataset.json': '{"columns": {"question": "text"}}', 'x.csv': csvHeader },
    kind: 'malformed-file',
    file: 'dataset.json',
  },
  {
    name: 'a dataset.json that names a missing file',
    files: { 'dataset.json': '{"files": ["y.csv"]}', 'x.csv': csvHeader },
    kind: 'missing-file',
    file: 'dataset.json',
  },
];
