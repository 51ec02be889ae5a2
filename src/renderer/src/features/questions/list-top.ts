/** Where a long list begins in the window, below what sticks at its top, and the way back there. */
import { type RefObject, useEffect, useRef, useState } from 'react';
import type { ListInput } from './question-list.ts';

/** Height of what the shell keeps at the window's top. */
export function useHeaderOffset(): number {
  const [offset, setOffset] = useState(52);
  useEffect(() => {
    const measure = (): void => {
      const header = document.querySelector('header');
      if (header !== null) setOffset(header.getBoundingClientRect().bottom);
    };
    measure();
    window.addEventListener('resize', measure);
    return () => window.removeEventListener('resize', measure);
  }, []);
  return offset;
}

/** A changed list begins at its top where the window had been scrolled into the old one; its cursor is gone. */
export function useStartAtTop(
  input: ListInput,
  top: RefObject<HTMLElement | null>,
  headerOffset: number,
  onChanged: () => void,
): void {
  const before = useRef(input);
  useEffect(() => {
    if (before.current === input) return;
    before.current = input;
    onChanged();
    const start = (top.current?.getBoundingClientRect().top ?? 0) + window.scrollY - headerOffset;
    if (window.scrollY > start) window.scrollTo({ top: start });
  });
}
