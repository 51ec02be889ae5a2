/** Leaves a list where it is, and comes back to it there: the scroll of the window and the row of the keys. */
import { useEffect, useLayoutEffect, useRef } from 'react';
import { type Place, placeAt, rememberPlace } from './place-memory.ts';

/**
 * @param address of the list
 * @param cursor as it is; the last one is remembered
 * @param isReady whether the list has its height
 * @returns to be called when a question is opened, with its index
 */
export function usePlace(address: string, cursor: number | null, isReady: boolean): (index: number) => void {
  const place = useRef<Place>({ scrollY: 0, cursor });
  const restored = useRef<string | null>(null);
  useLayoutEffect(() => {
    if (!isReady || restored.current === address) return;
    const isFirst = restored.current === null;
    restored.current = address;
    const known = placeAt(address);
    // A changed filter on the open page starts at the list's top only where the reader has scrolled into it.
    if (isFirst && known !== null) window.scrollTo({ top: known.scrollY });
  }, [address, isReady]);
  useEffect(() => {
    place.current = { ...place.current, cursor };
  }, [cursor]);
  useEffect(() => {
    const follow = (): void => {
      place.current = { ...place.current, scrollY: window.scrollY };
    };
    window.addEventListener('scroll', follow, { passive: true });
    return () => window.removeEventListener('scroll', follow);
  }, []);
  return (index) => rememberPlace(address, { scrollY: place.current.scrollY, cursor: index });
}
