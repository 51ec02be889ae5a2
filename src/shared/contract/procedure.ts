/** What every procedure of the contract shares: it may refuse with the typed error FAILURE, whose data is a `Failure`. */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { failureSchema } from '../failure.ts';

export const procedure = oc.errors({ FAILURE: { status: 422, data: failureSchema } });

/** Filter terms `field=value`; see `src/shared/where.ts`. */
export const whereSchema = z.array(z.string());

export const runIdInput = z.object({ runId: z.string() });
export const taskIdInput = z.object({ taskId: z.string() });
