/**
 * Batches of questions that have no row yet, in the order of asking-order.ts, with their images. Who reads ahead, and
 * for which engine, is shared-feed.ts's business. An image that cannot be read makes a failed question, not a failed
 * batch.
 */
import { failureOf, type Failure } from '../../shared/failure.ts';
import type { Dataset } from '../datasets/dataset.ts';
import type { EngineQuestion } from '../engine/protocol.ts';
import type { PlannedQuestion } from '../store/predictions-repository.ts';
import type { Store } from '../store/store.ts';
import { blockSize, inAskingOrder, type PromptLength } from './asking-order.ts';

export type FedQuestion = Readonly<{ planned: PlannedQuestion; question: EngineQuestion }>;
export type UnreadableQuestion = Readonly<{ planned: PlannedQuestion; failure: Failure }>;

export type FedBatch = Readonly<{ questions: readonly FedQuestion[]; unreadable: readonly UnreadableQuestion[] }>;

export type QuestionFeed = Readonly<{
  /** The next batch, null at the end of the plan. One call after the other. */
  next: (batchSize: number) => Promise<FedBatch | null>;
}>;

export function createQuestionFeed(
  store: Store,
  runRow: number,
  dataset: Dataset,
  lengthOf: PromptLength,
): QuestionFeed {
  let nextPosition = 0;
  const waiting: PlannedQuestion[] = [];
  const take = async (count: number): Promise<PlannedQuestion[]> => {
    while (waiting.length < count) {
      const position = store.predictions.nextPending(runRow, nextPosition);
      if (position === null) break;
      const blockIndex = Math.floor(position / blockSize);
      nextPosition = (blockIndex + 1) * blockSize;
      const block = store.predictions.pending(runRow, blockIndex * blockSize, nextPosition);
      waiting.push(...(await inAskingOrder(blockIndex, block, lengthOf)));
    }
    return waiting.splice(0, count);
  };
  const read = async (batchSize: number): Promise<FedBatch | null> => {
    const planned = await take(batchSize);
    if (planned.length === 0) return null;
    const rows = await Promise.all(planned.map((each) => readQuestion(dataset, each)));
    return {
      questions: rows.filter((row) => 'question' in row),
      unreadable: rows.filter((row) => 'failure' in row),
    };
  };
  return { next: read };
}

/** The question as the engine gets it, or why its image cannot be read. */
export async function readQuestion(
  dataset: Dataset,
  planned: PlannedQuestion,
): Promise<FedQuestion | UnreadableQuestion> {
  const { sampleId, question, choices, context, image } = planned.sample;
  try {
    const images = image === null ? [] : [await dataset.readImage(image)];
    return { planned, question: { sampleId, question, choices, context, images } };
  } catch (error) {
    const failure = failureOf(error);
    if (failure === undefined) throw error;
    return { planned, failure };
  }
}
