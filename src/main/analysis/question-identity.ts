/** Whether two stored questions are the same one: by their words, where both sides know them. */

/** What a question says; `isOfDataset` is false where it is only what a prediction file holds. */
export type QuestionText = Readonly<{ question: string; choices: readonly string[]; isOfDataset: boolean }>;

/**
 * True where question or choices differ. What one side does not know (a prediction file has no question of its own,
 * and not always choices) differs in nothing; another gold answer alone makes no other question: labels get corrected.
 */
export function areDifferentQuestions(a: QuestionText, b: QuestionText): boolean {
  return differ(questionOf(a), questionOf(b)) || differ(choicesOf(a), choicesOf(b));
}

/** A prediction file's question is its prompt, which may hold the same question in other words around it. */
const questionOf = ({ question, isOfDataset }: QuestionText): string => (isOfDataset ? normalised(question) : '');
const choicesOf = ({ choices }: QuestionText): string =>
  choices.length === 0 ? '' : JSON.stringify(choices.map(normalised));

const differ = (a: string, b: string): boolean => a !== '' && b !== '' && a !== b;
const normalised = (text: string): string => text.replace(/\s+/gu, ' ').trim();
