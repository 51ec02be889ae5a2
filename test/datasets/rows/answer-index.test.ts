/** Answers as datasets write them. */
import { expect, test } from 'vitest';
import { readAnswer, type AnswerReading, type AnswerRule } from '../../../src/main/datasets/rows/answer-index.ts';

const index = (value: number): AnswerReading => ({ kind: 'index', index: value });
const outside: AnswerReading = { kind: 'outside' };
const none: AnswerReading = { kind: 'none' };
const malformed: AnswerReading = { kind: 'malformed' };
const words = ['red', 'green', 'blue'];
const numbers = ['1', '2', '3'];

test.each<[AnswerRule, unknown, readonly string[], AnswerReading]>([
  ['letter', 'B', words, index(1)],
  ['letter', ' c ', words, index(2)],
  ['letter', 'D', words, outside],
  ['letter', 'green', words, outside],
  ['letter', 1, words, malformed],
  ['letter', '', words, none],
  ['letter', null, words, none],
  ['index', 2, words, index(2)],
  ['index', '0', words, index(0)],
  ['index', 3, words, outside],
  ['index', -1, words, outside],
  ['index', 1.5, words, malformed],
  ['index', 'B', words, outside],
  ['text', 'green', words, index(1)],
  ['text', ' GREEN ', words, index(1)],
  ['text', 'gre', words, outside],
  ['text', 2, numbers, index(1)],
  ['text', 'a', ['A', 'a'], index(1)],
  ['text', 'x', ['X', ' x'], outside],
  ['any', 'C', words, index(2)],
  ['any', 'blue', words, index(2)],
  ['any', '1', words, index(1)],
  ['any', 1, words, index(1)],
  ['any', '2', numbers, index(1)],
  ['any', 2, numbers, index(2)],
  ['any', 'b', words, index(1)],
  ['any', 'E', ['D', 'E'], index(1)],
  ['any', 'purple', words, outside],
  ['any', { a: 1 }, words, malformed],
  ['any', 1n, words, index(1)],
])('%s: %s of %s', (rule, value, choices, reading) => {
  expect(readAnswer(value, choices, rule)).toStrictEqual(reading);
});

test('indices that count from 1', () => {
  expect(readAnswer(1, words, 'index', 1)).toStrictEqual(index(0));
  expect(readAnswer('3', words, 'any', 1)).toStrictEqual(index(2));
  expect(readAnswer(0, words, 'index', 1)).toStrictEqual(outside);
});
