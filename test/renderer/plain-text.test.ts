/** Text of datasets and models, made fit to be shown. */
import { expect, it } from 'vitest';
import { beginningOf, plainText } from '../../src/renderer/src/components/plain-text.ts';

it('shows control characters as their symbols, and leaves tabs and line breaks', () => {
  expect(plainText('a\u0000b\u001b[31mc\u007f')).toBe('a\u2400b\u241b[31mc\u2421');
  expect(plainText('a\tb\nc\r\nd\re')).toBe('a\tb\nc\nd\ne');
});

it('names what would turn the direction of the text around', () => {
  expect(plainText('abc\u202edef\u2069')).toBe('abc[U+202E]def[U+2069]');
});

it('leaves every script alone', () => {
  const text = 'ما لون الصورة؟ 图片是什么？ 👩‍🔬 é';
  expect(plainText(text)).toBe(text);
});

it('begins long text on one line, and says that there is more', () => {
  expect(beginningOf('two\n  words', 20)).toBe('two words');
  expect(beginningOf('x'.repeat(100_000), 20)).toBe(`${'x'.repeat(20)}…`);
  expect(beginningOf('x'.repeat(21), 20)).toBe(`${'x'.repeat(20)}…`);
});
