/** Query and mutation options for every procedure of the contract; their keys are the procedures' paths and inputs. */
import { createTanstackQueryUtils } from '@orpc/tanstack-query';
import { client } from './client.ts';

export const api = createTanstackQueryUtils(client);
