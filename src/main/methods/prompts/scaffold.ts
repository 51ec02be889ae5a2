/** SCAFFOLD's texts (arXiv 2402.12058): the guidelines for the dot matrix go into the system turn, the question follows both images. */
import { matrixSide } from '../../vlm/image/dot-matrix.ts';
import type { QuestionText } from '../../vlm/question-text.ts';
import { questionWithOptions } from './question-parts.ts';

export const scaffoldSystemPrompt = [
  'You are given two images of the same scene, first the plain one, then one that is overlaid with a matrix of ' +
    `${matrixSide} x ${matrixSide} dots. Each dot is labelled with its coordinates (x,y).`,
  '1. Whenever you mention a key object of the image, first give the coordinates of the dot nearest to it, then name the object.',
  '2. Use the coordinates to work out how objects lie to each other. Within a column x grows from top to bottom; ' +
    'within a row y grows from left to right.',
  '3. You may search the image and reason region by region with the help of the dots.',
  '4. End with your answer in the form [[ANSWER]], where ANSWER is the letter of the correct option, such as [[A]].',
].join('\n');

/** User turn, after the two images. */
export function scaffoldPrompt(text: QuestionText): string {
  return questionWithOptions(text);
}
