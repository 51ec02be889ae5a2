/**
 * Who may use the server: whoever has seen the address that `serve` printed. Its token is exchanged for a cookie
 * when the page is opened; the API wants a second token in a header, which other sites and other ports cannot
 * send. All of it lives as long as the server.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export type Credentials = Readonly<{
  /** The token in the printed address; scripts may use it as the API's token too. */
  addressToken: string;
  /** The token that the page sends in a header. */
  apiToken: string;
  setCookie: string;
  isAddressToken: (token: string) => boolean;
  /** The page and its images: the cookie, or a header. */
  hasCookie: (headers: IncomingHttpHeaders) => boolean;
  /** The API: a header, never the cookie alone. */
  hasApiToken: (headers: IncomingHttpHeaders) => boolean;
  isApiToken: (token: string) => boolean;
}>;

export const apiTokenHeader = 'x-penumbra-token';

const secret = (): string => randomBytes(32).toString('base64url');

export function createCredentials(): Credentials {
  const addressToken = secret();
  const apiToken = secret();
  const cookieValue = secret();
  // Cookies ignore ports: a name of this server's own keeps two servers from overwriting each other's.
  const cookieName = `penumbra-${randomBytes(6).toString('hex')}`;
  const isApiToken = (token: string): boolean => same(token, apiToken) || same(token, addressToken);
  return {
    addressToken,
    apiToken,
    setCookie: `${cookieName}=${cookieValue}; Path=/; HttpOnly; SameSite=Strict`,
    isAddressToken: (token) => same(token, addressToken),
    isApiToken,
    hasCookie: ({ cookie = '' }) =>
      cookie.split(';').some((pair) => {
        const [name, value = ''] = pair.trim().split('=', 2);
        return name === cookieName && same(value, cookieValue);
      }),
    hasApiToken: (headers) => {
      const given = headers[apiTokenHeader] ?? /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1];
      return typeof given === 'string' && isApiToken(given);
    },
  };
}

/** Compares in constant time. */
function same(given: string, expected: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)];
  return left.byteLength === right.byteLength && timingSafeEqual(left, right);
}
