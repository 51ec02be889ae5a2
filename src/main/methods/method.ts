/** What a reasoning method is: it answers a batch of questions with a loaded model. One file for each method. */
import type { Prediction } from '../../shared/prediction.ts';
import type { Method, RunSettings } from '../../shared/run-settings.ts';
import type { LanguageModel } from '../engine/language-model.ts';
import type { EngineQuestion } from '../engine/protocol.ts';

export type ReasoningMethod = Readonly<{
  name: Method;
  /**
   * One prediction for each question, in their order. A question that cannot be answered (a broken image, a prompt
   * that is too long) is a failed prediction; only what concerns the whole batch is thrown.
   */
  answer(model: LanguageModel, settings: RunSettings, questions: readonly EngineQuestion[]): Promise<Prediction[]>;
}>;
