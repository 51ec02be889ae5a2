/** The current route, and going somewhere else. */
import { useMemo, useSyncExternalStore } from 'react';
import type { Route } from './route.ts';
import { formatRoute, parseRoute } from './route.ts';

const subscribe = (changed: () => void): (() => void) => {
  window.addEventListener('hashchange', changed);
  return () => window.removeEventListener('hashchange', changed);
};

/** The part of the address behind and with `#`, as it stands there. */
export const useAddress = (): string => useSyncExternalStore(subscribe, () => window.location.hash);

export function useRoute(): Route {
  const hash = useAddress();
  return useMemo(() => parseRoute(hash), [hash]);
}

/** Goes to a route; `replace` leaves no entry in the history (scrubbing through steps). */
export function navigate(route: Route, { replace = false } = {}): void {
  if (!replace) {
    window.location.hash = formatRoute(route);
    return;
  }
  window.history.replaceState(null, '', formatRoute(route));
  window.dispatchEvent(new HashChangeEvent('hashchange'));
}
