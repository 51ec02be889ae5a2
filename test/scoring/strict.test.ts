import { describe, expect, it } from 'vitest';
import { strictScorer } from '../../src/main/scoring/strict.ts';
import { checkCases, inputOf, type ScorerCase } from './case-table.ts';

const r = String.raw;

describe('strict: the whole output is one mention', () => {
  const cases: ScorerCase[] = [
    ...[
      'B',
      'B.',
      '(B)',
      '[B]',
      'B)',
      '**B**',
      ' b ',
      '"B"',
      '`B`',
      'B</s>',
      'B<|im_end|>\n',
      '(b).',
      '$B$',
      r`\(B\)`,
    ].map((output) => ({ output, reads: 'B', rule: 'letter-only' })),
    ...['option B', 'Option B.', 'Option (B)', 'choice B'].map((output) => ({
      output,
      reads: 'B',
      rule: 'letter-only',
    })),
    ...['dog', 'Dog.', 'DOG', 'the dog', '"dog"', '**Dog**', '- dog'].map((output) => ({
      output,
      reads: 'B',
      rule: 'option-text-only',
    })),
    { output: 'grey  goose', reads: 'D', rule: 'option-text-only', because: 'spacing does not matter' },
    { output: 'A cat', reads: 'A', rule: 'option-text-only', because: 'an option text, not the letter A' },
    { output: 'cat', reads: null, rule: 'no-claim', because: 'the option is "a cat"' },
    { output: 'A cow', reads: 'C', rule: 'option-text-only', because: 'an article before an option text' },
    { output: 'dogs', reads: null, rule: 'no-claim' },
    { output: 'dog food', reads: null, rule: 'no-claim' },
    { output: 'The dog barks.', reads: null, rule: 'no-claim' },
    { output: 'E', reads: null, rule: 'no-claim', because: 'there are four choices' },
    { output: '2', reads: null, rule: 'no-claim', because: 'a bare integer is no claim' },
    { output: '', reads: null, rule: 'empty' },
    { output: ' \n</s>', reads: null, rule: 'empty' },
    { output: '3', reads: 'B', rule: 'option-text-only', choices: ['2', '3', '4'] },
    { output: '3.5', reads: 'C', rule: 'option-text-only', choices: ['2', '3', '3.5'], because: 'longest text' },
    { output: 'yes', reads: null, rule: 'no-claim', choices: ['yes', 'yes', 'no'], because: 'two choices read so' },
    { output: 'B', reads: 'B', rule: 'letter-only', choices: ['C', 'A', 'B'], because: 'labels before texts' },
  ];
  checkCases(strictScorer, cases);
});

describe('strict: labels', () => {
  const cases: ScorerCase[] = [
    ...['(B) dog', 'B. Dog', 'B) dog.', 'B: dog', 'B - dog', '**B. dog**', 'Option B: dog', 'B dog'].map((output) => ({
      output,
      reads: 'B',
      rule: 'label-and-text',
    })),
    { output: '(B) because it barks', reads: 'B', rule: 'label', claim: '(B)' },
    { output: 'B.\nIt has a tail.', reads: 'B', rule: 'label' },
    { output: 'B. It has a tail.', reads: 'B', rule: 'label' },
    { output: '(b) it has a tail', reads: 'B', rule: 'label' },
    { output: 'a. it has a tail', reads: null, rule: 'no-claim', because: 'a small letter needs a bracket' },
    { output: 'B has a tail.', reads: null, rule: 'no-claim', because: 'B is what the sentence is about' },
    { output: '(B) is wrong.', reads: null, rule: 'no-claim' },
    { output: 'A picture of something.', reads: null, rule: 'no-claim', because: 'an article' },
    { output: '(B) cow', reads: null, rule: 'letter-and-other-text' },
    { output: '(B) cow-like things', reads: 'B', rule: 'label', because: 'no option text ends there' },
    { output: '(A) a cat\n(B) dog\n(C) cow', reads: null, rule: 'listed-options' },
    { output: 'A\nB\nC\nD', reads: null, rule: 'listed-options' },
    { output: '(A) and (B)', reads: null, rule: 'conflicting-claims' },
    { output: 'A, B', reads: null, rule: 'no-claim', because: 'a comma makes no label' },
    { output: 'A and B', reads: null, rule: 'no-claim' },
    { output: 'A or B', reads: null, rule: 'no-claim' },
    { output: '(B) -2.8 km', reads: 'B', rule: 'label-and-text', choices: ['2.8 km', '-2.8 km'], because: 'sign' },
    { output: 'The animal is (B) dog.', reads: 'B', rule: 'stated-label', claim: '(B) dog' },
    { output: 'It seems most plausible:\n(B) dog', reads: 'B', rule: 'stated-label' },
    { output: 'The animal is (B) small.', reads: null, rule: 'no-claim', because: 'not the text of B' },
    { output: 'The first is (A) a cat. The other is (B) dog.', reads: null, rule: 'conflicting-claims' },
    { output: 'The animals are:\n(A) a cat\n(B) dog', reads: null, rule: 'listed-options' },
  ];
  checkCases(strictScorer, cases);
});

describe('strict: "the answer is" and its spellings', () => {
  const claims = [
    'Therefore, the answer is B',
    'The correct answer is (B).',
    'THE ANSWER IS B!',
    'the answer is b.',
    'So the final answer is: **B**',
    'The answer is **(B)**.',
    'The answer is "B".',
    'The answer is option B.',
    'The answer is the letter B.',
    'The best choice would be B.',
    'The most appropriate option is (B).',
    'The correct option is B) dog',
    'The answer should be B, not C.',
    'I think the answer is B.',
    'The answer to the question is B.',
    'The correct answer among the options is (B) dog.',
    'The answer, therefore, is B.',
    'The answer is therefore B.',
    'The answer is probably B.',
    'The answer is:\n\n(B)',
    'The answer is:\nB. dog',
    'The correct answer is (B) because (A) and (C) are wrong.',
    'The answer is B since the picture shows one.',
    'The answer is dog.',
    'The answer is a dog.',
    'The answer is: "Dog"',
    "The answer's B.",
    'Answer: B',
    'Answer:B',
    '**Answer:** B',
    '**Answer**: (B)',
    'Final Answer: B. dog',
    'Final answer: dog',
    'ANSWER: b',
    'Answer - B',
    'Answer (B)',
    'Answer = B',
    '[Answer] B',
    '<answer>B',
    '### Answer\nB',
    '### Final answer\n\nB',
    'Answer: The correct answer is B',
    'Correct choice: B',
    r`The answer is $\boxed{B}$.`,
    'Looking at the tail, there is no doubt the answer is B.',
    'I cannot see it clearly, but the answer is B.',
    'The answer is B</s>',
  ];
  checkCases(
    strictScorer,
    claims.map((output) => ({ output, reads: 'B', rule: 'answer-is' })),
  );

  const more: ScorerCase[] = [
    { output: 'Well. The answer is (B), I say.', reads: 'B', rule: 'answer-is', claim: 'answer is (B)' },
    { output: 'The answer is A.', reads: 'A', rule: 'answer-is' },
    { output: 'The answer is A because it purrs.', reads: 'A', rule: 'answer-is' },
    { output: 'The answer is A cat.', reads: 'A', rule: 'answer-is', claim: 'answer is A cat' },
    { output: 'The answer is a cow.', reads: 'C', rule: 'answer-is', because: 'the article is no letter' },
    { output: 'The answer is A large bird.', reads: null, rule: 'no-claim', because: 'an article' },
    { output: 'The answer is a large bird.', reads: null, rule: 'no-claim' },
    { output: 'The answer is because of it.', reads: null, rule: 'no-claim' },
    { output: 'The answer is Beagle.', reads: null, rule: 'no-claim' },
    { output: 'The answer is dog food.', reads: null, rule: 'no-claim' },
    { output: 'The answer is E.', reads: null, rule: 'no-claim', because: 'outside the choices' },
    { output: 'The answer is E.', reads: 'E', rule: 'answer-is', choices: ['1', '2', '3', '4', '5'] },
    { output: 'The answer is', reads: null, rule: 'no-claim', because: 'cut off' },
    { output: 'Answer choices: A, B, C, D', reads: null, rule: 'no-claim' },
    { output: 'Response: A dog sits there.', reads: null, rule: 'no-claim' },
    { output: 'the answer\nB is a letter', reads: null, rule: 'no-claim', because: 'no heading' },
  ];
  checkCases(strictScorer, more);
});

describe('strict: other explicit claims', () => {
  const cases: ScorerCase[] = [
    { output: r`So \boxed{B}`, reads: 'B', rule: 'boxed' },
    { output: r`So we get \boxed{\text{(B)}}.`, reads: 'B', rule: 'boxed' },
    { output: r`\boxed{dog}`, reads: 'B', rule: 'option-text-only', because: 'nothing but the text' },
    { output: r`Hence \boxed{A, B}`, reads: null, rule: 'conflicting-claims' },
    { output: r`Hence \boxed{2}`, reads: null, rule: 'no-claim', because: 'an index needs "the answer is"' },
    { output: 'I choose B.', reads: 'B', rule: 'chosen' },
    { output: "Therefore I'd go with option (B).", reads: 'B', rule: 'chosen' },
    { output: 'I would select the dog.', reads: 'B', rule: 'chosen' },
    { output: 'I cannot select B.', reads: null, rule: 'no-claim' },
    { output: 'Option B is correct.', reads: 'B', rule: 'verdict', claim: 'B is correct' },
    { output: 'So (B) is the correct answer.', reads: 'B', rule: 'verdict' },
    { output: 'B is the best choice', reads: 'B', rule: 'verdict' },
    { output: 'It barks, so B would be the right one.', reads: 'B', rule: 'verdict' },
    { output: 'Option B is not correct.', reads: null, rule: 'no-claim' },
    { output: 'Option B is the right side of the picture.', reads: null, rule: 'no-claim' },
    { output: 'Point B is correct in the drawing', reads: null, rule: 'no-claim', because: 'a point, not the option' },
    { output: 'None of (A) or (B) is correct.', reads: null, rule: 'no-claim' },
    { output: 'It has a tail and barks.\n\nB', reads: 'B', rule: 'last-line' },
    { output: 'It has a tail and barks.\n**(B)**', reads: 'B', rule: 'last-line' },
    { output: 'In the picture:\nA\nB', reads: null, rule: 'no-claim', because: 'a list of letters' },
  ];
  checkCases(strictScorer, cases);
});

describe('strict: several claims', () => {
  const cases: ScorerCase[] = [
    { output: 'The answer is A. No wait, the answer is B.', reads: 'B', rule: 'answer-is' },
    { output: '(A) Looks right at first. The correct answer should be (B).', reads: 'B', rule: 'answer-is' },
    { output: 'Answer: A\nAnswer: B', reads: 'B', rule: 'answer-is' },
    { output: 'The answer is A.\nOn second thoughts:\nB', reads: 'B', rule: 'last-line' },
    { output: 'Option B is correct, so the answer is B.', reads: 'B', rule: 'answer-is' },
    { output: 'The answer is B. The answer is E.', reads: 'B', rule: 'answer-is', because: 'E is no choice' },
    { output: 'The answer is B. The answer is not C.', reads: 'B', rule: 'answer-is' },
    { output: 'The answer is A, and the answer is B.', reads: null, rule: 'conflicting-claims' },
    { output: 'The answer is A or B.', reads: null, rule: 'conflicting-claims' },
    { output: 'The answer is either A, B, or D.', reads: null, rule: 'conflicting-claims' },
    { output: 'The correct answer is (A) and (D). Both fit.', reads: null, rule: 'conflicting-claims' },
    { output: 'The correct answer is (A) a cat or (B) dog.', reads: null, rule: 'conflicting-claims' },
    { output: 'The correct answer is (A) a cat for one and (B) dog for two.', reads: null, rule: 'conflicting-claims' },
    { output: 'Answer: (A, B) cat', reads: null, rule: 'conflicting-claims' },
    { output: 'The answer is dog and cow.', reads: null, rule: 'conflicting-claims' },
    { output: 'The correct answer is:\n(A) a cat\n(B) dog', reads: null, rule: 'listed-options' },
    { output: 'The correct answer is (B) cow.', reads: null, rule: 'letter-and-other-text' },
    { output: 'The answer is B, and (A) is wrong.', reads: 'B', rule: 'answer-is' },
    { output: '<think>The answer is A.</think>\nB', reads: 'B', rule: 'letter-only' },
    { output: '<think>Perhaps A?</think>\n\nThe answer is B.', reads: 'B', rule: 'answer-is' },
  ];
  checkCases(strictScorer, cases);
});

describe('strict: markers that a prompt asks for', () => {
  const cases: ScorerCase[] = [
    ...[
      '[[B]]',
      '[[(B)]]',
      '[[ b ]]',
      '[[dog]]',
      '[[Dog.]]',
      '[[B. dog]]',
      '[[B: dog]]',
      '[[(B) dog]]',
      '**[[B]]**',
    ].map((output) => ({ output, reads: 'B', rule: 'double-brackets' })),
    ...['[[option B]]', '[[the dog]]', '[[The answer is B]]', '[[B, as it barks]]', '[[B]]</s>', '[[B]]<|im_end|>'].map(
      (output) => ({ output, reads: 'B', rule: 'double-brackets' }),
    ),
    ...[
      '<answer>B</answer>',
      '<answer>(B) dog</answer>',
      '<answer>\n(B)\n</answer>',
      '<Answer>dog</Answer>',
      '<answer>The correct answer is (B), not (A).</answer>',
      '<answer>(B) because (A) purrs</answer>',
      '<think>It may be A.</think> <answer>B</answer>',
      '<think><answer>A</answer>?</think><answer>B</answer><|im_end|>',
    ].map((output) => ({ output, reads: 'B', rule: 'answer-tag' })),
    { output: 'Near (2,3) a tail is seen. [[B]]', reads: 'B', rule: 'double-brackets', claim: '[[B]]' },
    { output: 'So: <answer>B</answer>.', reads: 'B', rule: 'answer-tag', claim: '<answer>B</answer>' },
    { output: 'The answer is A. [[B]]', reads: 'B', rule: 'double-brackets', because: 'a marker before other claims' },
    { output: '[[B]]\nThe answer is A.', reads: 'B', rule: 'double-brackets' },
    { output: '(A) a cat purrs, so [[B]]', reads: 'B', rule: 'double-brackets' },
    { output: '[[A]] No, wait: [[B]]', reads: 'B', rule: 'double-brackets', because: 'the last' },
    { output: '<answer>A</answer><answer>B</answer>', reads: 'B', rule: 'answer-tag' },
    { output: '[[A]]\n[[B]]', reads: 'B', rule: 'double-brackets' },
    { output: '<answer>[[B]]</answer>', reads: 'B', rule: 'answer-tag' },
    { output: '[[A]] <answer>B</answer>', reads: 'B', rule: 'answer-tag' },
    { output: '<answer>A</answer> [[B]]', reads: 'B', rule: 'double-brackets' },
    { output: '<answer>A<answer>B</answer>', reads: 'B', rule: 'answer-tag', claim: '<answer>B</answer>' },
    { output: '[[B]], not [[A]].', reads: 'B', rule: 'double-brackets', because: 'A is denied' },
    { output: '[[B]] and (A) is wrong.', reads: 'B', rule: 'double-brackets' },
    { output: '[[B]] or rather [[E]]', reads: 'B', rule: 'double-brackets', because: 'E is no choice' },
    { output: 'The answer is B. [[ANSWER]]', reads: 'B', rule: 'answer-is', because: 'the marker names nothing' },
    { output: '[[true]] The answer is B.', reads: 'B', rule: 'answer-is' },
    { output: 'The answer is B. [[]]', reads: 'B', rule: 'answer-is' },
    { output: '<answer>B', reads: 'B', rule: 'answer-is', because: 'cut off: read as "Answer: B"' },
    { output: 'It barks. [[B', reads: null, rule: 'no-claim', because: 'cut off' },
    { output: 'It barks. [B]] [[', reads: null, rule: 'no-claim' },
    { output: 'not [[B]]', reads: null, rule: 'no-claim' },
    { output: '[[a large bird]]', reads: null, rule: 'no-claim', because: 'an article' },
    { output: '[[2,3]]', reads: null, rule: 'no-claim', because: 'coordinates' },
    { output: '[[1]]', reads: null, rule: 'no-claim', because: 'an index needs "the answer is"' },
    { output: '[[A]] or [[B]]', reads: null, rule: 'conflicting-claims' },
    { output: '[[A]], [[B]], and [[B]]', reads: null, rule: 'conflicting-claims' },
    { output: '[[B]] and [[B]]', reads: 'B', rule: 'double-brackets' },
    { output: '[[A or B]]', reads: null, rule: 'conflicting-claims' },
    { output: '[[A, B]]', reads: null, rule: 'conflicting-claims' },
    { output: '[[A]] or (B)', reads: null, rule: 'conflicting-claims' },
    { output: '<answer>dog and cow</answer>', reads: null, rule: 'conflicting-claims' },
    { output: '<answer>(B) cow</answer>', reads: null, rule: 'letter-and-other-text' },
    { output: '<answer>(A) a cat\n(B) dog</answer>', reads: null, rule: 'listed-options' },
    { output: '[[B]] Later: [[A or B]]', reads: null, rule: 'conflicting-claims', because: 'the last counts' },
    { output: '[[[1, 2]]]', reads: 'B', rule: 'double-brackets', choices: ['[2, 1]', '[1, 2]'], claim: '[[[1, 2]]]' },
    {
      output: 'The answer is [[1, 2], [3, 4]].',
      reads: 'C',
      rule: 'answer-is',
      choices: ['[[1, 2], [4, 3]]', '[[2, 1], [3, 4]]', '[[1, 2], [3, 4]]'],
      claim: 'answer is [[1, 2], [3, 4]]',
      because: "a matrix is an option's text, no marker",
    },
  ];
  checkCases(strictScorer, cases);
});

describe('strict: what is denied, supposed or possible is no claim', () => {
  const outputs = [
    'The answer is not B.',
    'The wrong answer is B.',
    'The incorrect option is (B).',
    'The least likely answer is B.',
    "I don't think the answer is B.",
    'It is not possible to say whether the answer is B.',
    'If the answer is B, it barks.',
    'The answer could be B.',
    'The answer might be (B).',
    'The other option is B.',
    'I cannot give a definite answer.',
  ];
  checkCases(
    strictScorer,
    outputs.map((output) => ({ output, reads: null, rule: 'no-claim' })),
  );
});

describe('strict: 0-based indices', () => {
  const cases: ScorerCase[] = [
    { output: 'Therefore, the answer is 1', reads: 'B', rule: 'answer-is' },
    { output: 'The answer is 0.', reads: 'A', rule: 'answer-is' },
    { output: 'The answer is (3).', reads: 'D', rule: 'answer-is' },
    { output: 'The answer is 4.', reads: null, rule: 'no-claim', because: 'four choices: 0 to 3' },
    { output: 'The answer is 2.5', reads: null, rule: 'no-claim' },
    { output: 'The answer is 2 km', reads: null, rule: 'no-claim' },
    { output: 'The answer is 1:30', reads: null, rule: 'no-claim' },
    { output: 'Answer: 1', reads: null, rule: 'no-claim', because: 'only "the answer is"' },
    { output: 'The answer is 2', reads: 'A', rule: 'answer-is', choices: ['2', '3', '4'], because: 'a text first' },
  ];
  checkCases(strictScorer, cases);
});

describe("strict: option texts that sound like claims (M3CoT's)", () => {
  const choices = ['the answer is option B in the image', 'option C in the image', 'False'];
  const cases: ScorerCase[] = [
    { output: '(A) the answer is option B in the image', reads: 'A', rule: 'label-and-text', choices },
    {
      output: 'The correct answer is (A) the answer is option B in the image.',
      reads: 'A',
      rule: 'answer-is',
      choices,
    },
    { output: 'So the answer is option B in the image.', reads: 'A', rule: 'answer-is', choices },
    { output: 'The answer is option B.', reads: null, rule: 'no-claim', choices, because: 'B as label or in A?' },
    { output: 'The answer is option C.', reads: null, rule: 'no-claim', choices },
    { output: 'The answer is option (B).', reads: 'B', rule: 'answer-is', choices },
    { output: 'The answer is B.', reads: 'B', rule: 'answer-is', choices },
    { output: 'The answer is option A.', reads: 'A', rule: 'answer-is', choices },
  ];
  checkCases(strictScorer, cases);
});

describe('strict: option texts that begin with a symbol', () => {
  const points = ['(3, 2)', '(2, 3)'];
  const signed = ['3', '-3', '-2.8 km'];
  const cases: ScorerCase[] = [
    { output: '(2, 3)', reads: 'B', rule: 'option-text-only', choices: points },
    { output: '**(2, 3)**', reads: 'B', rule: 'option-text-only', choices: points },
    { output: 'The answer is (2, 3).', reads: 'B', rule: 'answer-is', choices: points, claim: 'answer is (2, 3)' },
    { output: 'The answer is (B).', reads: 'B', rule: 'answer-is', choices: points },
    { output: 'The answer is (B) (2, 3).', reads: 'B', rule: 'answer-is', choices: points },
    { output: '(B) (3, 2)', reads: null, rule: 'letter-and-other-text', choices: points },
    { output: '[[(2, 3)]]', reads: 'B', rule: 'double-brackets', choices: points },
    { output: 'The answer is -3.', reads: 'B', rule: 'answer-is', choices: signed, because: 'not 3' },
    { output: 'The answer is 3.', reads: 'A', rule: 'answer-is', choices: signed },
    { output: 'Answer: -3', reads: 'B', rule: 'answer-is', choices: signed },
    { output: 'Answer - 3', reads: 'A', rule: 'answer-is', choices: signed, because: 'a dash, not a sign' },
    { output: 'The answer is -2.8 km.', reads: 'C', rule: 'answer-is', choices: signed },
    { output: '[[-3]]', reads: 'B', rule: 'double-brackets', choices: signed },
    { output: '$5', reads: 'B', rule: 'option-text-only', choices: ['5', '$5'] },
    { output: 'The answer is "go".', reads: 'B', rule: 'answer-is', choices: ['"stop"', '"go"'] },
    { output: '**B**', reads: 'B', rule: 'letter-only', choices: ['*', '+'], because: 'emphasis' },
  ];
  checkCases(strictScorer, cases);
});

describe('strict: input at its edges', () => {
  it('reads letters A to H where the choices are unknown', () => {
    expect(strictScorer.score(inputOf('The answer is E.', [], 4)).correct).toBe(true);
    expect(strictScorer.score(inputOf('The answer is I think so.', [], 8)).choiceIndex).toBeNull();
  });

  it('is never correct without a gold answer', () => {
    const reading = strictScorer.score(inputOf('B', ['x', 'y'], null));
    expect(reading).toMatchObject({ choiceIndex: 1, correct: false });
  });

  it('ignores empty option texts and treats special characters as text', () => {
    expect(strictScorer.score(inputOf('The answer is 3/8 (a+b)*.', ['', '3/8 (a+b)*'], 1)).correct).toBe(true);
    expect(strictScorer.score(inputOf('...', ['', '.'], 0)).choiceIndex).toBeNull();
  });

  it('looks at the generated text only', () => {
    const input = { ...inputOf('B'), messages: ['The answer is A.', 'B'], prompt: 'The answer is A. Answer:' };
    expect(strictScorer.score(input).choiceIndex).toBe(1);
  });
});
