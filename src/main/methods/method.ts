/**
 * What a reasoning method is: it answers a batch of questions with a loaded model. One file for each method, which says
 * everything about it; `npm run methods` writes the lists that name them (docs/methods.md).
 */
import type { Architecture } from '../../shared/architecture.ts';
import type { Prediction } from '../../shared/prediction.ts';
import type { RunSettings } from '../../shared/run-settings.ts';
import type { ImagesAhead } from '../engine/images-ahead.ts';
import type { LanguageModel } from '../engine/language-model.ts';
import type { EngineQuestion } from '../engine/protocol.ts';
import type { ImageSizing } from '../backbones/backbone.ts';

export type ReasoningMethod = Readonly<{
  /** On the command line and in stored runs: lower case and dashes. */
  name: string;
  /** As people write it. */
  title: string;
  /** What it does, in one sentence. */
  summary: string;
  /** It takes latent steps, so the settings of latent reasoning apply to it. */
  isLatent: boolean;
  /** The model families that it can be asked with; absent: all. */
  architectures?: readonly Architecture[];
  /** Settings that it runs with where nothing else is asked. */
  defaults?: Readonly<Partial<Pick<RunSettings, 'maxTokens' | 'temperature' | 'topP' | 'repetitionPenalty'>>>;
  /** The size that the method gives an image. */
  imageSizing: ImageSizing;
  /**
   * One prediction for each question, in their order. A question that cannot be answered (a broken image, a prompt
   * that is too long) is a failed prediction; only what concerns the whole batch is thrown. `ahead` has images of
   * these questions that were prepared at the method's own size.
   */
  answer(
    model: LanguageModel,
    settings: RunSettings,
    questions: readonly EngineQuestion[],
    ahead?: ImagesAhead | null,
  ): Promise<Prediction[]>;
}>;
