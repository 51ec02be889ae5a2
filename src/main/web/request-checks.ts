/**
 * Which requests may come in at all, before anyone asks who sent them. Any page of any site can make a browser
 * send requests to a loopback port, another port's cookies included, so the request must say that it was meant
 * for this server (Host), comes from its own pages (Origin) and was not triggered by another site.
 */
import type { IncomingHttpHeaders } from 'node:http';

/** Names under which this machine reaches itself, with any port: SSH forwards change it. */
const ownHost = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i;

/** Why a request is refused, or null. */
export function refusalOf(headers: IncomingHttpHeaders): string | null {
  const host = headers.host;
  if (host === undefined || !ownHost.test(host)) return 'This address is not served here.';
  const origin = headers.origin;
  if (origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`) {
    return 'Requests from other pages are refused.';
  }
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    return 'Requests from other sites are refused.';
  }
  return null;
}
