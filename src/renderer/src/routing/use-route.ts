/** The current route, and going somewhere else. */
import { useMemo, useSyncExternalStore } from 'react';
import type { Route } from './route.ts';
import { formatRoute, parseRoute } from './route.ts';

/** `popstate` comes with the new address, the browser's own `hashchange` later: a key pressed between is for the new page. */
const moves = ['popstate', 'hashchange'] as const;

const subscribe = (changed: () => void): (() => void) => {
  for (const move of moves) window.addEventListener(move, changed);
  return () => {
    for (const move of moves) window.removeEventListener(move, changed);
  };
};

/** The part of the address behind and with `#`, as it stands there. */
export const useAddress = (): string => useSyncExternalStore(subscribe, () => window.location.hash);

export function useRoute(): Route {
  const hash = useAddress();
  return useMemo(() => parseRoute(hash), [hash]);
}

/** Goes to a route; `replace` leaves no entry in the history (scrubbing through steps). */
export function navigate(route: Route, options: Readonly<{ replace?: boolean }> = {}): void {
  goToAddress(formatRoute(route), options);
}

/** As `navigate`, by the part of the address from `#` on. */
export function goToAddress(address: string, { replace = false } = {}): void {
  if (replace) window.history.replaceState(null, '', address);
  // As a link to where one is already leaves no entry.
  else if (new URL(address, window.location.href).href !== window.location.href)
    window.history.pushState(null, '', address);
  // At once, which the browser's own event is not: the next key must find the page where this one led.
  window.dispatchEvent(new HashChangeEvent('hashchange'));
}
