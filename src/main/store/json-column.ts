/** JSON in a text column: checked by its schema when read, so that a damaged row is a failure and not a crash. */
import type { z } from 'zod';
import { PenumbraFailure } from '../../shared/failure.ts';
import { damaged } from './sqlite-failure.ts';

/** Value of a JSON column; `place` names it in a failure (`runs.settings of run x`). */
export function parseJsonColumn<Output>(schema: z.ZodType<Output>, text: string, file: string, place: string): Output {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    const reason = error instanceof Error ? error.message.slice(0, 200) : String(error);
    throw new PenumbraFailure(damaged(file, reason, place), { cause: error });
  }
}
