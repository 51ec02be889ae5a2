/**
 * Keys of the pages: a page says what each key does with `useKeys`, which binds them while it is shown and lists them
 * in the help (`?`). Keys are left alone while the user types, chooses in a list, or a dialog is open.
 */
import { useEffect, useEffectEvent, useSyncExternalStore } from 'react';
import { type KeyPress, meaningOf } from './key-meaning.ts';

export type KeyBinding = Readonly<{
  /**
   * Alternatives, each a key as `KeyboardEvent.key` names it (`j`, `N`, `ArrowLeft`, `Escape`, ` `) or a sequence of
   * two (`g r`).
   */
  keys: readonly string[];
  /** What the help says: `Next question`. */
  description: string;
  /** What the help shows for the keys where listing them all is too long: `1 … 9`. */
  label?: string;
  /** Called with the alternative that was pressed. */
  run: (pressed: string) => void;
}>;

/** A binding as the help shows it. */
export type ShownKey = Omit<KeyBinding, 'run'>;
export type KeySection = Readonly<{ title: string; bindings: readonly ShownKey[] }>;

type Layer = KeySection & Readonly<{ isGlobal: boolean; press: (index: number, pressed: string) => void }>;

let layers: readonly Layer[] = [];
let sections: readonly KeySection[] = [];
let first: KeyPress | null = null;
const listeners = new Set<() => void>();

function setLayers(changed: readonly Layer[]): void {
  // The page's own keys come before those that work everywhere.
  layers = changed.toSorted((a, b) => Number(a.isGlobal) - Number(b.isGlobal));
  sections = layers.filter(({ bindings }) => bindings.length > 0);
  for (const listener of listeners) listener();
}

/** Binds keys while the component is mounted. Bindings may change from render to render. */
export function useKeys(title: string, bindings: readonly KeyBinding[], { isGlobal = false } = {}): void {
  const press = useEffectEvent((index: number, pressed: string) => bindings[index]?.run(pressed));
  // By content (JSON leaves `run` out): bindings made anew in each render register nothing anew.
  const shown = JSON.stringify(bindings);
  useEffect(() => {
    const layer: Layer = {
      title,
      isGlobal,
      bindings: JSON.parse(shown) as ShownKey[],
      press: (index, pressed) => press(index, pressed),
    };
    setLayers([...layers, layer]);
    return () => setLayers(layers.filter((each) => each !== layer));
  }, [title, isGlobal, shown]);
}

/** All keys that work now, the page's own first. */
export function useKeySections(): readonly KeySection[] {
  return useSyncExternalStore(
    (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    () => sections,
  );
}

const typingPlaces =
  'input:not([type="checkbox"]):not([type="radio"]), textarea, select, [contenteditable="true"], [role="listbox"], [role="menu"], [role="combobox"], [role="dialog"]';

function isElsewhere(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.isComposing) return true;
  const { target } = event;
  if (target instanceof Element) {
    if (target.closest(typingPlaces) !== null) return true;
    // Space and Enter press what has the focus; arrows move between tabs.
    const presses = event.key === ' ' || event.key === 'Enter';
    if (presses && target.closest('button, a, input, summary, [role="button"]') !== null) return true;
    if (
      event.key.startsWith('Arrow') &&
      target.closest('[role="tablist"], [role="slider"], [role="radiogroup"], [role="application"]') !== null
    )
      return true;
  }
  return document.querySelector('[role="dialog"][aria-modal="true"]') !== null;
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.key === 'Shift' || isElsewhere(event)) return;
  const meaning = meaningOf(layers, { key: event.key, at: event.timeStamp }, first);
  first = meaning.kind === 'waiting' ? meaning.press : null;
  if (meaning.kind !== 'binding') return;
  layers[meaning.layer]?.press(meaning.index, meaning.pressed);
  event.preventDefault();
}

/** Starts listening; once, at the program's start. */
export function listenForKeys(): void {
  window.addEventListener('keydown', onKeyDown);
}
