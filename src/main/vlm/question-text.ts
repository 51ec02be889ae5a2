/**
 * A multiple-choice question as text: the three prompt formats of the released Qwen2-VL code (`released-inference` from its
 * inference script, `released-training` from its training script), their literal braces included; `with-context` is ours.
 */
import type { PromptFormat } from '../../shared/run-settings.ts';

export type QuestionText = Readonly<{ question: string; choices: readonly string[]; context: string }>;

/** What Python's `str.strip` takes: Unicode's white space and four control characters, but not U+FEFF. */
function isPythonSpace(code: number): boolean {
  return (
    (code >= 0x1c && code <= 0x1f) || (code !== 0xfeff && (code === 0x85 || /\s/u.test(String.fromCharCode(code))))
  );
}

/** Python's `str.strip()`, which differs from JavaScript's `trim` in U+001C..1F, U+0085 and U+FEFF. */
export function pythonStrip(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isPythonSpace(text.charCodeAt(start))) start += 1;
  while (end > start && isPythonSpace(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

/** The user's text of a question. */
export function formatQuestion(format: PromptFormat, { question, choices, context }: QuestionText): string {
  const isTraining = format === 'released-training';
  const options = choices.map((choice, i) => {
    const letter = String.fromCodePoint(65 + i);
    return `${isTraining ? `(${letter})` : letter}.{${pythonStrip(choice)}}`;
  });
  const shownContext = format === 'with-context' ? pythonStrip(context) : '';
  return [
    ...(shownContext === '' ? [] : [`[Context]:{${shownContext}}`]),
    `[Question]:{${pythonStrip(question)}}`,
    '[Options]:',
    options.join('\n'),
    isTraining ? 'Answer:\n' : 'Answer:',
  ].join('\n');
}
