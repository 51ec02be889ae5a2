/**
 * The rows of a long list that the window shows, below whatever comes before it on the page: positions for
 * rendering, the cursor kept in view, the scroll restored on the way back.
 */
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useEffectEvent, useLayoutEffect, useRef, useState } from 'react';
import { scrollToReveal } from './scroll-to-reveal.ts';

/** The row of keys: which item, and whether the keyboard has just moved it there. */
export type Cursor = Readonly<{ index: number | null; moves: number }>;

export type WindowListOptions = Readonly<{
  /** Rows (of one or several items each), all of one height. */
  rowCount: number;
  rowHeight: number;
  itemsInRow: number;
  cursor: Cursor;
  /** Lower edge of what sticks at the window's top, in pixels. */
  stickyBottom: number;
}>;

export function useWindowList({ rowCount, rowHeight, itemsInRow, cursor, stickyBottom }: WindowListOptions) {
  const ref = useRef<HTMLDivElement>(null);
  const [scrollMargin, setScrollMargin] = useState(0);
  const estimateSize = useCallback(() => rowHeight, [rowHeight]);
  useLayoutEffect(() => {
    const measure = (): void => {
      const top = ref.current?.getBoundingClientRect().top;
      if (top !== undefined) setScrollMargin(Math.round(top + window.scrollY));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, []);
  // oxlint-disable-next-line react/incompatible-library -- nothing here is memoised by a compiler
  const virtualizer = useWindowVirtualizer({
    count: rowCount,
    estimateSize,
    overscan: Math.ceil(240 / rowHeight),
    scrollMargin,
    useFlushSync: false,
  });
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, rowHeight]);
  const { index, moves } = cursor;
  const reveal = useEffectEvent(() => {
    const list = ref.current;
    if (index === null || list === null) return;
    const top = list.getBoundingClientRect().top + window.scrollY + Math.floor(index / itemsInRow) * rowHeight;
    const { scrollY, innerHeight: height } = window;
    const to = scrollToReveal({ top, bottom: top + rowHeight }, { scrollY, height, stickyBottom });
    if (to !== null) window.scrollTo({ top: to });
    list.querySelector<HTMLElement>(`[data-index="${String(index)}"] a`)?.focus({ preventScroll: true });
  });
  // Only the keyboard moves the window; other changes leave it where the reader put it.
  useEffect(() => {
    if (moves !== 0) reveal();
  }, [moves]);
  return { ref, virtualizer, scrollMargin };
}
