/**
 * Typed failures: everything that the outside world can cause (a broken file, a full disk, a lost device).
 * Bugs throw ordinary errors; these carry data, travel over every channel as plain JSON, and are turned into
 * text for people in one place of each face. A failure names the file, the place in it, what was expected,
 * what was found, and what to do.
 */
import { z } from 'zod';

export const failureKinds = [
  // checkpoints and models
  'missing-file',
  'missing-tensor',
  'wrong-shape',
  'unsupported-dtype',
  'unsupported-architecture',
  'malformed-config',
  'malformed-checkpoint',
  'unsafe-pickle',
  'malformed-tokenizer',
  'malformed-bundle',
  // datasets and predictions
  'unknown-format',
  'malformed-row',
  'malformed-file',
  'wrong-encoding',
  'duplicate-id',
  'answer-out-of-range',
  'missing-image',
  'malformed-image',
  'image-too-large',
  'path-outside-folder',
  // store and runs
  'not-found',
  'store-too-new',
  'store-damaged',
  'store-locked',
  'run-owned',
  'run-changed',
  'nothing-to-do',
  // machine
  'disk-full',
  'permission-denied',
  'io',
  'out-of-memory',
  'device-lost',
  'device-unavailable',
  'engine-crashed',
  'prompt-too-long',
  // requests
  'invalid-settings',
  'wrong-usage',
  'unauthorised',
  'cancelled',
] as const;

export const failureKindSchema = z.enum(failureKinds);
export type FailureKind = z.infer<typeof failureKindSchema>;

export const failureSchema = z.object({
  kind: failureKindSchema,
  /** One plain sentence. */
  message: z.string(),
  /** The file or folder concerned, as the user named it. */
  file: z.string().optional(),
  /** The place inside it: `row 17`, `tensor model.norm.weight`, `byte 8`. */
  place: z.string().optional(),
  expected: z.string().optional(),
  found: z.string().optional(),
  /** What the user can do about it. */
  action: z.string().optional(),
});
export type Failure = z.infer<typeof failureSchema>;

/** The one error class that is part of the program's behaviour; anything else that is thrown is a bug. */
export class PenumbraFailure extends Error {
  readonly failure: Failure;

  constructor(failure: Failure, options?: { cause?: unknown }) {
    super(failure.message, options);
    this.name = 'PenumbraFailure';
    this.failure = failure;
  }
}

/** Throws a typed failure; an expression of type `never`, so that it can end a branch. */
export function fail(kind: FailureKind, message: string, detail: Omit<Failure, 'kind' | 'message'> = {}): never {
  throw new PenumbraFailure({ kind, message, ...detail });
}

/** The failure inside a thrown value, or `undefined` if it is a bug. */
export function failureOf(error: unknown): Failure | undefined {
  return error instanceof PenumbraFailure ? error.failure : undefined;
}
