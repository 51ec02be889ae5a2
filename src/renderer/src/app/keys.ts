/**
 * Keys of the pages: a page says what each key does with `useKeys`, which binds them while it is shown and lists them
 * in the help (`?`). What is pressed is handed to them by key-presses.ts.
 */
import { useEffect, useEffectEvent, useSyncExternalStore } from 'react';

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
  /** Needs nothing that the page may still be reading: carried out even while the page's other keys wait. */
  isAtOnce?: true;
  /** Called with the alternative that was pressed. */
  run: (pressed: string) => void;
}>;

/** A binding as the help shows it. */
export type ShownKey = Omit<KeyBinding, 'run'>;
export type KeySection = Readonly<{ title: string; bindings: readonly ShownKey[] }>;

export type KeyLayer = KeySection & Readonly<{ isGlobal: boolean; press: (index: number, pressed: string) => void }>;

let layers: readonly KeyLayer[] = [];
let sections: readonly KeySection[] = [];
const listeners = new Set<() => void>();

function setLayers(changed: readonly KeyLayer[]): void {
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
    const layer: KeyLayer = {
      title,
      isGlobal,
      bindings: JSON.parse(shown) as ShownKey[],
      press: (index, pressed) => press(index, pressed),
    };
    setLayers([...layers, layer]);
    return () => setLayers(layers.filter((each) => each !== layer));
  }, [title, isGlobal, shown]);
}

/** What is bound now, the page's own first. */
export const keyLayers = (): readonly KeyLayer[] => layers;

/** Calls back when other keys are bound. Returns what ends it. */
export function onKeyLayers(changed: () => void): () => void {
  listeners.add(changed);
  return () => listeners.delete(changed);
}

/** All keys that work now, the page's own first. */
export const useKeySections = (): readonly KeySection[] => useSyncExternalStore(onKeyLayers, () => sections);
