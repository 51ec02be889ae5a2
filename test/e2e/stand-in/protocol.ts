/** `protocol`: the program's handler answers the pages' requests under an address that Chromium lets us intercept. */
import type { CustomScheme, Protocol } from 'electron';
import { onCommand, report } from './control.ts';

const browserOrigin = 'http://app.penumbra.localhost';
const schemes = new Map<string, (request: Request) => Response | Promise<Response>>();

export const toBrowser = (address: string): string => address.replace(/^penumbra:\/\/app/, browserOrigin);
export const fromBrowser = (address: string): string =>
  address.startsWith(`${browserOrigin}/`) ? `penumbra://app${address.slice(browserOrigin.length)}` : address;

export const protocol = {
  registerSchemesAsPrivileged: (registered: CustomScheme[]) => report('protocol.privileged', registered),
  handle: (scheme: string, handler: (request: Request) => Response | Promise<Response>) => {
    schemes.set(scheme, handler);
  },
} satisfies Pick<Protocol, 'registerSchemesAsPrivileged'> & Record<'handle', unknown>;

/** The program's answer; null where no handler is registered for the scheme, which Electron would not load either. */
export async function answerRequest(
  address: string,
  method: string,
  headers: Readonly<Record<string, string>>,
): Promise<Response | null> {
  const handler = schemes.get(new URL(address).protocol.replace(':', ''));
  if (handler === undefined) return null;
  const plain = Object.entries(headers).filter(([name]) => !name.startsWith(':'));
  return handler(new Request(address, { method, headers: new Headers(plain) }));
}

onCommand('request', async ({ address, method }) => {
  const response = await answerRequest(address, method, {});
  if (response === null) return null;
  const { status } = response;
  return { status, headers: Object.fromEntries(response.headers), text: await response.text() };
});
