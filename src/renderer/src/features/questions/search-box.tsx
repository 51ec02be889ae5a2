/** Text that questions, options, context or outputs have to hold; the list follows when typing rests. */
import { CloseButton, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { type RefObject, useEffect, useRef, useState } from 'react';

const restMs = 250;
const longest = 200;

export type SearchBoxProps = Readonly<{
  text: string;
  onText: (text: string) => void;
  inputRef: RefObject<HTMLInputElement | null>;
}>;

export function SearchBox({ text, onText, inputRef }: SearchBoxProps) {
  const [typed, setTyped] = useState(text);
  const [known, setKnown] = useState(text);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // The address changed elsewhere (back, clear): the box follows. What is typed here comes back trimmed.
  if (text !== known) {
    setKnown(text);
    if (text !== typed.trim()) setTyped(text);
  }
  useEffect(() => () => clearTimeout(timer.current), []);
  // The filter may have changed while the typing rested: the text goes into the one that holds then.
  const latest = useRef(onText);
  useEffect(() => {
    latest.current = onText;
  });
  const change = (value: string, afterMs: number): void => {
    setTyped(value);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => latest.current(value.trim()), afterMs);
  };
  return (
    <TextInput
      ref={inputRef}
      size="sm"
      type="search"
      aria-label="Search questions and answers"
      placeholder="Search questions and answers"
      maxLength={longest}
      leftSection={<IconSearch size={16} aria-hidden="true" />}
      rightSection={
        typed === '' ? null : <CloseButton size="sm" aria-label="Clear the search" onClick={() => change('', 0)} />
      }
      value={typed}
      onChange={({ currentTarget }) => change(currentTarget.value, restMs)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') change(typed, 0);
        if (event.key !== 'Escape') return;
        // The browser would clear the box; leaving it keeps the search.
        event.preventDefault();
        inputRef.current?.blur();
      }}
      style={{ flex: '1 1 220px', minWidth: 180, maxWidth: 460 }}
    />
  );
}
