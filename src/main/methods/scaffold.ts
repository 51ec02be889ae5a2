/**
 * SCAFFOLD (arXiv 2402.12058): beside the picture the same picture with a labelled dot matrix on it, and a system turn
 * that says how to use the coordinates. Zero-shot, one call.
 */
import type { Remark } from '../../shared/trace.ts';
import { drawDotMatrix } from '../vlm/image/draw-dot-matrix.ts';
import type { PreprocessedImage } from '../backbones/preprocessed-image.ts';
import { conversation } from './conversation.ts';
import type { ReasoningMethod } from './method.ts';
import { scaffoldPrompt, scaffoldSystemPrompt } from './prompts/scaffold.ts';
import { systemTurn, userTurn, type Asked } from './reasoning.ts';

export const scaffold: ReasoningMethod = {
  name: 'scaffold',
  title: 'SCAFFOLD',
  summary: 'The picture and a copy with a labelled dot matrix, whose coordinates the model is to name.',
  isLatent: false,
  ...conversation(async function* (asked) {
    const { images, remarks } = await withOverlay(asked);
    const messages = [systemTurn(scaffoldSystemPrompt), userTurn(images, scaffoldPrompt(asked.question))];
    const { text } = yield { purpose: 'answer', messages, isLast: true };
    return { outputText: text, remarks };
  }),
};

/** The question's pictures and, after the last of them, its overlaid copy; without one where the picture is too small. */
async function withOverlay({
  question,
  images,
  pixels,
  preprocess,
}: Asked): Promise<{ images: readonly PreprocessedImage[]; remarks: Remark[] }> {
  if (images.length === 0) return { images, remarks: [] };
  const drawn = await drawDotMatrix(await pixels(images.length - 1));
  if (!drawn.ok) {
    const found = `no dot matrix on the picture: ${drawn.found}, ${drawn.expected} needed`;
    return { images, remarks: [{ kind: 'image-too-small', callIndex: 0, found }] };
  }
  const overlaid = preprocess(drawn.image, `overlaid image of question ${question.sampleId}`);
  return { images: [...images, overlaid], remarks: [] };
}
