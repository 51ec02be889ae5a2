/**
 * One row's fields, checked and made a sample: the same rules for every format. A row that breaks one is left
 * out and reported: evaluating it would count something that is not a question. A row without an answer stays
 * (`answerIndex` null) only where the format allows it.
 */
import type { Failure } from '../../../shared/failure.ts';
import { choiceLetter, type ImageReference, type Sample } from '../../../shared/sample.ts';
import { shorten, typeName } from '../text/json-lines.ts';
import { readAnswer, type AnswerRule } from './answer-index.ts';

export type RowFields = Readonly<{
  id: unknown;
  split: string;
  question: unknown;
  choices: unknown;
  answer: unknown;
  context?: unknown;
  rationale?: unknown;
  domain?: unknown;
  topic?: unknown;
  category?: unknown;
  attributes?: Readonly<Record<string, unknown>>;
  image: ImageReference | null;
}>;

export type RowRules = Readonly<{
  file: string;
  /** `row 17`, `line 17`, `question 42`. */
  place: string;
  answers: AnswerRule;
  answerRequired: boolean;
  /** Number of the first choice where answers are indices. */
  firstIndex?: number;
}>;

export type SampleOrFailure =
  Readonly<{ kind: 'sample'; sample: Sample }> | Readonly<{ kind: 'failure'; failure: Failure }>;

/** Letters A to Z name the choices. */
const maxChoices = 26;

/** Fields that are absent become empty text; unknown kinds of value in a field that matters are refused. */
export function rowToSample(fields: RowFields, rules: RowRules): SampleOrFailure {
  const { file, place } = rules;
  const refuse = (
    what: string,
    expected: string,
    found: string,
    kind: 'malformed-row' | 'answer-out-of-range' = 'malformed-row',
  ): SampleOrFailure => ({
    kind: 'failure',
    failure: { kind, message: `${file}, ${place}: ${what}.`, file, place, expected, found },
  });

  const sampleId = textOf(fields.id);
  if (sampleId === null || sampleId.trim() === '') {
    return refuse('the row has no id', 'an id that is text or a number', typeName(fields.id));
  }
  const question = textOf(fields.question);
  if (question === null) return refuse('the row has no question', 'text', typeName(fields.question));
  if (!Array.isArray(fields.choices)) {
    return refuse('the row has no list of choices', 'a list of texts', typeName(fields.choices));
  }
  const choices: string[] = [];
  for (const [index, value] of fields.choices.entries()) {
    const choice = textOf(value);
    if (choice === null) return refuse(`choice ${index + 1} is not text`, 'text', typeName(value));
    choices.push(choice);
  }
  if (choices.length < 2 || choices.length > maxChoices) {
    return refuse(
      'the question is not multiple-choice',
      `2 to ${maxChoices} choices`,
      `${choices.length} ${choices.length === 1 ? 'choice' : 'choices'}`,
    );
  }
  const answer = readAnswer(fields.answer, choices, rules.answers, rules.firstIndex);
  if (answer.kind === 'malformed')
    return refuse('the answer is malformed', 'text or a number', typeName(fields.answer));
  if (answer.kind === 'none' && rules.answerRequired) return refuse('the row has no answer', 'an answer', 'nothing');
  if (answer.kind === 'outside') {
    const last = choices.length - 1;
    return refuse(
      'the answer is none of the choices',
      `a choice from A (0) to ${choiceLetter(last)} (${last})`,
      shorten(JSON.stringify(textOf(fields.answer))),
      'answer-out-of-range',
    );
  }
  return {
    kind: 'sample',
    sample: {
      sampleId,
      split: fields.split,
      question,
      choices,
      answerIndex: answer.kind === 'index' ? answer.index : null,
      context: textOf(fields.context) ?? '',
      rationale: textOf(fields.rationale) ?? '',
      domain: textOf(fields.domain) ?? '',
      topic: textOf(fields.topic) ?? '',
      category: textOf(fields.category) ?? '',
      attributes: attributesOf(fields.attributes),
      image: fields.image,
    },
  };
}

/** Text and numbers as text; null for anything else. */
export function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint' || (typeof value === 'number' && Number.isFinite(value))) return String(value);
  return null;
}

function attributesOf(values: Readonly<Record<string, unknown>> = {}): Record<string, string> {
  // Not by assignment: a name may be `__proto__`.
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => {
      const text = textOf(value);
      return text === null || text === '' ? [] : [[name, text]];
    }),
  );
}
