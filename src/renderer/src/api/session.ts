/** The web face's session: the cookie opens it, the API's token that it gives is kept in memory only. */
import { z } from 'zod';

const sessionSchema = z.object({ apiToken: z.string() });
let session: Promise<string> | null = null;

/** Thrown where the server no longer knows this browser. */
export class SessionEnded extends Error {}

async function openSession(): Promise<string> {
  const response = await fetch(new URL('api/session', document.baseURI));
  if (response.status === 401) throw new SessionEnded();
  if (!response.ok) throw new Error(`the server answered ${String(response.status)}`);
  return sessionSchema.parse(await response.json()).apiToken;
}

/** The API's token. Fails with `SessionEnded`, or as a request does where the server cannot be reached. */
export async function apiToken(): Promise<string> {
  session ??= openSession();
  try {
    return await session;
  } catch (error) {
    session = null;
    throw error;
  }
}

/** The token was refused: a server that was started anew has others. */
export function forgetSession(): void {
  session = null;
}
