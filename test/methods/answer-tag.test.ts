import { describe, expect, it } from 'vitest';
import { readAnswerTag } from '../../src/main/methods/answer-tag.ts';

describe('readAnswerTag', () => {
  it.each([
    { text: '<think>It barks.</think> <answer>B</answer>', answer: 'B' },
    { text: '<answer>\n (B) dog \n</answer><|im_end|>', answer: '(B) dog' },
    { text: '<answer>A</answer> No: <answer>B</answer>', answer: 'B' },
    { text: '<answer></answer>', answer: '' },
    { text: '<answer>the <answer>B</answer></answer>', answer: 'B' },
    { text: '<answer>the <answer>B</answer> option</answer>', answer: 'B' },
    { text: '<answer>A</answer> and </answer>', answer: 'A' },
    { text: '</answer><answer>A</answer>', answer: 'A' },
    { text: '<answer>A</answer> or rather <answer>B', answer: 'A', because: 'B was cut off' },
    { text: '<answer>a <b>bold</b> one</answer>', answer: 'a <b>bold</b> one' },
  ])('$text -> $answer', ({ text, answer }) => {
    expect(readAnswerTag(text)).toEqual({ kind: 'answer', text: answer });
  });

  it.each([
    { text: '<answer>B', begun: 'B' },
    { text: '</answer> <answer> (B) do', begun: '(B) do' },
    { text: '<answer>A <answer>B', begun: 'B' },
    { text: '<answer>B</answ', begun: 'B</answ' },
  ])('$text is cut off', ({ text, begun }) => {
    expect(readAnswerTag(text)).toEqual({ kind: 'unclosed', text: begun });
  });

  it.each(['', 'B', '</answer>', 'answer B', '<ANSWER>B</ANSWER>'])('%j has none', (text) => {
    expect(readAnswerTag(text)).toEqual({ kind: 'none' });
  });

  it('takes time linear in the text', () => {
    const started = performance.now();
    readAnswerTag('</answer>'.repeat(100_000));
    readAnswerTag(`<answer>${'</answer>'.repeat(100_000)}`);
    readAnswerTag('<answer>'.repeat(100_000));
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
