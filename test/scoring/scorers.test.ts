import { describe, expect, it } from 'vitest';
import { scorers } from '../../src/main/scoring/scorers.ts';
import { readingSchema, scorerNames } from '../../src/shared/prediction.ts';
import { animals, inputOf } from './case-table.ts';

const all = Object.values(scorers);
const megabyte = 1_000_000;
const fill = (piece: string) => piece.repeat(Math.ceil(megabyte / piece.length));

describe('all scorers', () => {
  it('are found under their own names', () => {
    expect(Object.entries(scorers).map(([key, { name }]) => [key, name])).toEqual(
      scorerNames.map((name) => [name, name]),
    );
  });

  it('give valid readings, with offsets inside the output, whatever it is made of', () => {
    const pieces = [
      'The answer is ',
      'Answer:',
      'A',
      ' B',
      '(C)',
      'dog',
      '\n',
      '. ',
      ' or ',
      '2',
      '\\boxed{',
      '</s>',
      '**',
      '😀',
      '\ud800',
      '[Answer]',
      '[[',
      ']]',
      '<answer>',
      '</answer>',
    ];
    let state = 1;
    const next = (bound: number) => (state = (state * 48271) % 2147483647) % bound;
    for (let round = 0; round < 3000; round++) {
      const outputText = Array.from({ length: next(9) }, () => pieces[next(pieces.length)]).join('');
      for (const scorer of all) {
        const reading = readingSchema.parse(scorer.score(inputOf(outputText, animals, next(4))));
        expect(reading.match?.end ?? 0).toBeLessThanOrEqual(outputText.length);
        expect(reading.match?.start ?? 0).toBeLessThanOrEqual(reading.match?.end ?? 0);
      }
    }
  });

  // A quadratic pattern would take minutes; the slowest measured takes half a second.
  it.each([
    ['blanks', fill(' ')],
    ['newlines', fill('\n')],
    ['letters', fill('a')],
    ['digits', `The answer is ${fill('1')}`],
    ['opening brackets', fill('(')],
    ['asterisks', fill('*')],
    ['"the answer is"', fill('the answer is ')],
    ['"the" and blanks', fill(`the${' '.repeat(1000)}`)],
    ['"answer:" and blanks', `answer:${fill(' ')}`],
    ['"answer:" and much white space, often', fill(`answer:${' '.repeat(5000)}`)],
    ['"answer to" without an end', fill('answer to ')],
    ['claims', fill('The answer is B. ')],
    ['claims in one sentence', fill('the answer is B and ')],
    ['labels', fill('(B) dog\n')],
    ['stated labels', fill('it is (B) dog, ')],
    ['single letters', fill('B ')],
    ['letters in brackets', fill('(B)')],
    ['verdicts', fill('B is correct, ')],
    ['end markers', fill('</s> ')],
    ['option texts', fill('grey goose ')],
    ['"not"', fill('not ')],
    ['boxes', fill('\\boxed{')],
    ['markers', fill('<|')],
    ['answers in brackets', fill('[[B]] ')],
    ['answers in brackets, joined', fill('[[B]], ')],
    ['brackets around nothing', fill('[[ ]]')],
    ['brackets around a megabyte', `[[${fill('B ')}]]`],
    ['opening tags', fill('<answer>')],
    ['closing tags', fill('</answer>')],
    ['tags around no choice', fill('<answer>none</answer>')],
  ])('read a megabyte of %s in linear time', (_name, outputText) => {
    for (const scorer of all) {
      const start = performance.now();
      scorer.score(inputOf(outputText));
      expect({ scorer: scorer.name, slow: performance.now() - start > 5000 }).toEqual({
        scorer: scorer.name,
        slow: false,
      });
    }
  });
});
