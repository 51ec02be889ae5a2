/**
 * Chain-of-Focus's texts (arXiv 2505.15436): the system turn declares the zoom tool in the form that Qwen2.5-VL learned for
 * functions; each user turn ends with the format of a reply.
 */
import type { QuestionText } from '../../vlm/question-text.ts';
import { zoomToolName } from '../zoom-call.ts';
import { questionWithOptions } from './question-parts.ts';

const zoomTool = {
  type: 'function',
  function: {
    name: zoomToolName,
    description:
      'Shows a region of the image enlarged. The region is given by a bounding box and, if wanted, a label of what is in it.',
    parameters: {
      type: 'object',
      properties: {
        bbox_2d: {
          type: 'array',
          items: { type: 'number' },
          minItems: 4,
          maxItems: 4,
          description:
            'The region as [x1, y1, x2, y2] in pixels of the image: (x1, y1) is its top left corner, (x2, y2) its bottom right corner.',
        },
        label: { type: 'string', description: 'What the region shows (optional).' },
      },
      required: ['bbox_2d'],
    },
  },
};

export const chainOfFocusSystemPrompt = [
  'You are a helpful assistant.',
  '',
  '# Tools',
  'You may call the function below, several times if need be, to look more closely. Its signature stands between <tools></tools>:',
  '<tools>',
  JSON.stringify(zoomTool),
  '</tools>',
  '',
  'To call it, write a JSON object with its name and arguments between <tool_call></tool_call>:',
  '<tool_call>',
  '{"name": <function-name>, "arguments": <args-json-object>}',
  '</tool_call>',
].join('\n');

/** The text of the user turn that shows a crop, after the image; also the end of the first turn. */
export const chainOfFocusReplyFormat =
  'Think first, then either call the tool or give the final answer. Reply strictly as <think>...</think> <tool_call>...</tool_call> ' +
  'where you need to look closer, or as <think>...</think> <answer>...</answer> where you do not; the answer is the letter of the ' +
  'correct option.';

/** First user turn, after the image. */
export function chainOfFocusPrompt(text: QuestionText): string {
  return `${questionWithOptions(text)}\n${chainOfFocusReplyFormat}`;
}
