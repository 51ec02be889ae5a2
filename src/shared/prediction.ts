/** One question's result in a run: an answer or a failure, the scorers' readings, times and trace. */
import { z } from 'zod';
import { failureSchema } from './failure.ts';
import { finishReasons, timingsSchema, traceSchema } from './trace.ts';

export const scorerNames = [
  'strict',
  'm3cot',
  'scienceqa',
  'released',
  'released-stripped',
  'vlmevalkit-exact',
] as const;
export const scorerNameSchema = z.enum(scorerNames);
export type ScorerName = z.infer<typeof scorerNameSchema>;

/** What a reader must know of a rule before believing its number; shown wherever the number is. */
export const scorerWarnings: Readonly<Partial<Record<ScorerName, string>>> = {
  released:
    'The released script counts an answer as right if the gold letter is among all letters claimed; a bare "(B)" counts for nothing. For parity only.',
  'released-stripped':
    'As the released script where decoding strips the chat markers: the first letter generated counts as a claim ("Based on" is B). For parity only.',
};

/** What a scorer read in an output. */
export const readingSchema = z.object({
  scorer: scorerNameSchema,
  /** Version of the rule; a stored score of an older version is recomputed. */
  version: z.int().min(1),
  /** 0-based choice that the scorer read, or null when it read none (unparsed). `released` may read several: the first. */
  choiceIndex: z.int().min(0).nullable(),
  correct: z.boolean(),
  /** Which branch fired, for people: `parenthesised`, `option-text`, … */
  rule: z.string(),
  /** The claim in the output, as UTF-16 offsets [start, end), or null. */
  match: z.object({ start: z.int().min(0), end: z.int().min(0) }).nullable(),
});
export type Reading = z.infer<typeof readingSchema>;

export const answerSchema = z.object({
  /** Raw generated text; for imported predictions the messages after the prompt are kept in `messages`. */
  outputText: z.string(),
  outputTokenCount: z.int().min(0).nullable(),
  /** Latent steps + generated tokens, end-of-sequence included; null when unknown (imported). */
  arSteps: z.int().min(0).nullable(),
  finishReason: z.enum(finishReasons).nullable(),
  timings: timingsSchema.nullable(),
  trace: traceSchema.nullable(),
  /** [prompt, output, …] of imported prediction files. */
  messages: z.array(z.string()).nullable(),
  /** The whole prompt as given to the model, chat template applied. */
  prompt: z.string().nullable(),
});
export type Answer = z.infer<typeof answerSchema>;

/** One row of a run. */
export const predictionSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('answered'), sampleId: z.string(), answer: answerSchema }),
  z.object({ status: z.literal('failed'), sampleId: z.string(), failure: failureSchema }),
]);
export type Prediction = z.infer<typeof predictionSchema>;
