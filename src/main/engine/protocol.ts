/**
 * Messages between `runs` (core) and the engine's process. Only ids, settings, encoded images and results cross;
 * states and caches never do. Sent with the structured clone algorithm (`serialization: 'advanced'` on a forked child).
 */
import type { Failure } from '../../shared/failure.ts';
import type { Prediction } from '../../shared/prediction.ts';
import type { RunSettings } from '../../shared/run-settings.ts';
import type { OnnxDevice } from './devices.ts';

export type EngineQuestion = Readonly<{
  sampleId: string;
  question: string;
  choices: readonly string[];
  context: string;
  /** Encoded image files (PNG, JPEG, …), in prompt order; empty for a question without image. */
  images: readonly Uint8Array[];
}>;

export type EngineRequest =
  | Readonly<{
      kind: 'load';
      requestId: number;
      bundlePath: string;
      /** The model that has to be there; another one is refused. Null: whichever is. */
      fingerprint: string | null;
      device: OnnxDevice;
      /** The device's own memory; null: not known, or main memory. */
      deviceMemoryBytes: number | null;
      /** Which one, where the device can be told; absent: the first. */
      gpu?: number;
      threadCount: number | null;
      /** Engines that share the memory, this one included; absent: it is alone. */
      sharingCount?: number;
    }>
  | Readonly<{ kind: 'answer'; requestId: number; settings: RunSettings; questions: readonly EngineQuestion[] }>
  /**
   * What will be asked next: its images are prepared beside whatever the engine is doing. No reply, no failure; one
   * `answer-prepared` or `forget` follows, or the end of the process.
   */
  | Readonly<{ kind: 'prepare'; requestId: number; settings: RunSettings; questions: readonly EngineQuestion[] }>
  /** `answer` to the questions and settings of a `prepare`, which are not sent again. */
  | Readonly<{ kind: 'answer-prepared'; requestId: number; preparedAs: number }>
  /** What was to be prepared will not be asked. No reply. */
  | Readonly<{ kind: 'forget'; requestId: number; preparedAs: number }>
  | Readonly<{
      kind: 'layer-attention';
      requestId: number;
      settings: RunSettings;
      question: EngineQuestion;
      /** What each latent step took: it takes the same again. */
      selectedSlots: readonly (readonly number[])[];
    }>
  /** Runs a graph without weights (builder/speed-probe.ts) twice; the second time counts. No model is loaded for it. */
  | Readonly<{ kind: 'measure-speed'; requestId: number; path: string; device: OnnxDevice; threadCount: number | null }>
  | Readonly<{ kind: 'close'; requestId: number }>;

/** Attention of the latent steps' query rows over the J image slots, mean over heads. */
export type LayerAttention = Readonly<{
  /** L */
  layerCount: number;
  /** One for each step, [L, J]. */
  steps: readonly Float32Array[];
}>;

export type EngineReply =
  | Readonly<{
      kind: 'loaded';
      requestId: number;
      /** Where every node runs. */
      device: OnnxDevice;
      /** Questions that fit one batch on this device (what `auto` means). */
      suggestedBatchSize: number;
      onnxruntimeVersion: string;
    }>
  /** One prediction for each question, in their order. A failed question is a prediction with its failure. */
  | Readonly<{
      kind: 'answered';
      requestId: number;
      predictions: readonly Prediction[];
      batchMs: number;
      peakMemoryBytes?: number;
    }>
  | Readonly<{ kind: 'layer-attention'; requestId: number; attention: LayerAttention }>
  | Readonly<{ kind: 'speed'; requestId: number; milliseconds: number }>
  | Readonly<{ kind: 'closed'; requestId: number }>
  /** The whole request failed (nothing of the batch was answered). */
  | Readonly<{ kind: 'failed'; requestId: number; failure: Failure }>;
