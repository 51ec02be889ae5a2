/**
 * A selection of another run's questions as filter terms, so that a run's `where` says in full what it was made of
 * and a command line can repeat it:
 *
 *   from-run=RUN  from-scorer=m3cot  from-where=outcome=wrong  from-where=domain=science
 */
import type { QuestionSelection } from './contract/runs.ts';
import { fail } from './failure.ts';
import { scorerNames } from './prediction.ts';

const runField = 'from-run=';
const scorerField = 'from-scorer=';
const whereField = 'from-where=';

export function selectionTerms({ runId, scorer, where }: QuestionSelection): string[] {
  return [
    `${runField}${runId}`,
    ...(scorer === undefined ? [] : [`${scorerField}${scorer}`]),
    ...where.map((term) => `${whereField}${term}`),
  ];
}

export type SplitTerms = Readonly<{ where: string[]; selection: QuestionSelection | null }>;

/** Takes a selection out of the terms of a run's filter. Fails (`wrong-usage`) on a selection without its run. */
export function splitSelection(terms: readonly string[]): SplitTerms {
  const valuesOf = (field: string): string[] =>
    terms.filter((term) => term.startsWith(field)).map((term) => term.slice(field.length).trim());
  const where = terms.filter((term) => ![runField, scorerField, whereField].some((field) => term.startsWith(field)));
  const [runId, secondRun] = valuesOf(runField);
  const [scorerName] = valuesOf(scorerField);
  if (runId === undefined) {
    if (where.length === terms.length) return { where, selection: null };
    return fail('wrong-usage', 'A selection of questions names no run.', {
      expected: `${runField}RUN beside the rest`,
    });
  }
  if (secondRun !== undefined) {
    fail('wrong-usage', 'Questions can be selected from one run only.', { found: `${runId} and ${secondRun}` });
  }
  const scorer = scorerNames.find((known) => known === scorerName);
  if (scorerName !== undefined && scorer === undefined) {
    fail('wrong-usage', `There is no scorer "${scorerName}".`, { expected: scorerNames.join(', ') });
  }
  const selection = { runId, where: valuesOf(whereField), ...(scorer === undefined ? {} : { scorer }) };
  return { where, selection };
}
