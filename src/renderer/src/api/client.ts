/**
 * The page's way to the core: the contract over HTTP in a browser (the API's token comes from the session, which the
 * cookie opens; it is kept in memory and sent in a header), over a message port in the desktop app's window.
 */
import { createORPCClient, ORPCError } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import type { ContractRouterClient } from '@orpc/contract';
import type { Contract } from '../../../shared/contract.ts';
import type { Failure } from '../../../shared/failure.ts';
import { failureSchema, PenumbraFailure } from '../../../shared/failure.ts';
import { windowBridge } from '../app/window-bridge.ts';
import { apiToken, SessionEnded } from './session.ts';
import { createWindowLink } from './window-link.ts';

const { requestCore } = windowBridge();

/** Whether this page runs in the desktop app's window. */
export const isInWindow = requestCore !== undefined;

const link =
  requestCore === undefined
    ? new RPCLink({
        url: new URL('api/rpc', document.baseURI).href,
        headers: async () => ({ 'x-penumbra-token': await apiToken() }),
      })
    : createWindowLink(requestCore);

export const client: ContractRouterClient<Contract> = createORPCClient(link);

/** What went wrong, as a failure that can be shown; bugs and lost connections included. */
export function failureOf(error: unknown): Failure {
  if (error instanceof PenumbraFailure) return error.failure;
  if (error instanceof SessionEnded || (error instanceof ORPCError && error.status === 401)) {
    return {
      kind: 'unauthorised',
      message: 'This session has ended.',
      action: 'Open the address that "penumbra serve" printed; a new server prints a new one.',
    };
  }
  if (error instanceof ORPCError) {
    const parsed = failureSchema.safeParse(error.data);
    if (error.code === 'FAILURE' && parsed.success) return parsed.data;
  }
  if (error instanceof TypeError) {
    return { kind: 'io', message: 'The server cannot be reached.', action: 'Check that "penumbra serve" still runs.' };
  }
  return { kind: 'io', message: error instanceof Error ? error.message : 'Something went wrong.' };
}
