/** The row of the keys: where it is, how it moves, and where it starts in a list that is scrolled. */
import { useState } from 'react';
import type { Cursor } from './use-window-list.ts';

export function useListCursor(total: number, stickyBottom: number, start: number | null) {
  const [cursor, setCursor] = useState<Cursor>({ index: start, moves: 0 });
  const index = cursor.index === null || cursor.index >= total ? null : cursor.index;
  return {
    cursor: { ...cursor, index },
    place: (at: number | null): void => setCursor({ index: at, moves: 0 }),
    /** By so many items; a list without a cursor starts at the first that is seen. */
    move: (by: number): void => {
      if (total === 0) return;
      setCursor(({ index: now, moves }) => ({
        index:
          now === null || now >= total ? (firstSeen(stickyBottom) ?? 0) : Math.min(total - 1, Math.max(0, now + by)),
        moves: moves + 1,
      }));
    },
  };
}

function firstSeen(stickyBottom: number): number | null {
  const items = [...document.querySelectorAll<HTMLElement>('[data-index]')];
  const seen = items
    .filter((item) => item.getBoundingClientRect().top >= stickyBottom - 2)
    .map((item) => Number(item.dataset['index']));
  return seen.length === 0 ? null : Math.min(...seen);
}
