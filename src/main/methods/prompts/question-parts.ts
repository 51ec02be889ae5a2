/** The parts of a question's text that several methods' prompts share. All write their options as "(A) text". */
import { choiceLetter } from '../../../shared/sample.ts';
import { pythonStrip, type QuestionText } from '../../vlm/question-text.ts';

/** "(A) first", "(B) second", … */
export function optionsOf({ choices }: QuestionText): string[] {
  return choices.map((choice, index) => `(${choiceLetter(index)}) ${pythonStrip(choice)}`);
}

/** M3CoT's block: the context where there is one, the question, and the choices a line each. */
export function m3cotBlock(text: QuestionText): string {
  const context = pythonStrip(text.context);
  return [
    ...(context === '' ? [] : ['[Context]', context, '']),
    '[Question]',
    pythonStrip(text.question),
    '[Choices]',
    ...optionsOf(text),
  ].join('\n');
}

/** The question and its options a line each, without the context: what methods without a place for one show. */
export function questionWithOptions(text: QuestionText): string {
  return [`Question: ${pythonStrip(text.question)}`, 'Options:', ...optionsOf(text)].join('\n');
}
