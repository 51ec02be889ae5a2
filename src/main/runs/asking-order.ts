/**
 * The order in which a run asks its questions: by the length of their prompts, so that a batch holds few padding
 * positions. Sorting happens inside fixed blocks of the plan's positions and knows nothing of what is answered
 * already: a run that was interrupted goes on in the same order. Nothing but the batches depends on it, neither
 * answers nor where they are stored.
 */
import { latentSlotCount, type SlottedBundle } from '../../shared/bundle.ts';
import { failureOf } from '../../shared/failure.ts';
import { isLatent, type RunSettings } from '../../shared/run-settings.ts';
import type { Dataset } from '../datasets/dataset.ts';
import type { PlannedQuestion } from '../store/predictions-repository.ts';
import { formatQuestion } from '../vlm/question-text.ts';
import { smartResize } from '../backbones/qwen2-vl/smart-resize.ts';

/** Positions of the plan that are sorted together. */
export const blockSize = 256;

/** English text of questions, in Qwen2's vocabulary. */
const charactersPerToken = 4;

/** Estimated positions of a question's prompt, less what all prompts have in common. */
export type PromptLength = (planned: PlannedQuestion) => Promise<number>;

/** @param dataset is read only for a method that gives each image a size of its own. */
export function createPromptLength(
  bundle: SlottedBundle,
  { method, promptFormat }: Pick<RunSettings, 'method' | 'promptFormat'>,
  dataset: Pick<Dataset, 'readImage'>,
): PromptLength {
  const slotsOf = async ({ sample: { image } }: PlannedQuestion): Promise<number> => {
    if (image === null) return 0;
    return isLatent(method) ? latentSlotCount(bundle) : ordinarySlotCount(bundle, await dataset.readImage(image));
  };
  return async (planned) => {
    const text = formatQuestion(promptFormat, planned.sample).length / charactersPerToken;
    try {
      return text + (await slotsOf(planned));
    } catch (error) {
      // A question whose image cannot be read is met as failed when it is asked.
      if (failureOf(error) === undefined) throw error;
      return text;
    }
  };
}

async function ordinarySlotCount(bundle: SlottedBundle, bytes: Uint8Array): Promise<number> {
  // Every image has the same size.
  if (bundle.architecture === 'chameleon') return latentSlotCount(bundle);
  const { image, vision } = bundle;
  const { readImageSize } = await import('../vlm/image/image-size.ts');
  const factor = vision.patchSize * vision.spatialMergeSize;
  const { width, height } = smartResize(
    await readImageSize(bytes, 'image'),
    factor,
    image.minPixels,
    image.maxPixels,
    'image',
  );
  return (width * height) / factor ** 2;
}

/** Images that are looked at together: all of a block's would fill the memory. */
const readTogether = 8;

/**
 * The questions of one block in their order. Blocks take turns in going from long to short and back, so that a batch
 * over the edge of two is even, too; the first one begins with the long ones, whose need of memory is best known early.
 */
export async function inAskingOrder(
  blockIndex: number,
  questions: readonly PlannedQuestion[],
  lengthOf: PromptLength,
): Promise<PlannedQuestion[]> {
  const measured: { planned: PlannedQuestion; length: number }[] = [];
  for (let start = 0; start < questions.length; start += readTogether) {
    const together = questions.slice(start, start + readTogether);
    measured.push(
      ...(await Promise.all(together.map(async (planned) => ({ planned, length: await lengthOf(planned) })))),
    );
  }
  const sign = blockIndex % 2 === 0 ? -1 : 1;
  measured.sort((a, b) => sign * (a.length - b.length) || a.planned.position - b.planned.position);
  return measured.map(({ planned }) => planned);
}
