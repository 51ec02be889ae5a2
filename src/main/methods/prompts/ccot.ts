/**
 * CCoT's two calls (arXiv 2311.17076): a scene graph of what matters to the question, then the answer with image, scene
 * graph and question. The first call sees the question without its options, as in the published code; the scene
 * graph is handed on as it was written, JSON or not.
 */
import { pythonStrip, type QuestionText } from '../../vlm/question-text.ts';
import { questionWithOptions } from './question-parts.ts';

export function ccotSceneGraphPrompt({ question }: QuestionText): string {
  return [
    pythonStrip(question),
    '',
    'Describe the image as a scene graph in JSON, limited to what is needed to answer the question:',
    '1. the objects that matter to the answer',
    '2. the attributes of these objects that matter to the answer',
    '3. the relationships between these objects that matter to the answer',
    '',
    'Scene Graph:',
  ].join('\n');
}

/** `sceneGraph` is the first call's output. */
export function ccotAnswerPrompt(text: QuestionText, sceneGraph: string): string {
  return [
    `Scene Graph: ${pythonStrip(sceneGraph)}`,
    '',
    'Answer the following question from the image and its scene graph.',
    questionWithOptions(text),
    'Give the letter of the correct option, such as (A).',
  ].join('\n');
}
