/**
 * What is pressed becomes what the pages' keys do (keys.ts). A press that comes before the page can follow it, while
 * the page or what it moves through is still being read, waits and is carried out in its turn: quick presses are not
 * lost on a slow machine. Whatever else the user does meanwhile (a click, typing, another page) forgets what waits.
 * Keys are left alone while the user types, chooses in a list, or a dialog is open.
 */
import { useEffect, useId, useLayoutEffect } from 'react';
import { flushSync } from 'react-dom';
import { type KeyMeaning, type KeyPress, meaningOf } from './key-meaning.ts';
import { keyLayers, onKeyLayers } from './keys.ts';

const typingPlaces =
  'input:not([type="checkbox"]):not([type="radio"]), textarea, select, [contenteditable="true"], [role="listbox"], [role="menu"], [role="combobox"], [role="dialog"]';

type Binding = Extract<KeyMeaning, { kind: 'binding' }>;

/** What presses wait for. `page`: the shown page is behind its address; `loading`: it has bound no keys yet. */
type Wait = 'page' | 'loading';
/** The components that let presses wait. */
const waits: Readonly<Record<Wait, Set<string>>> = { page: new Set(), loading: new Set() };
let waiting: KeyPress[] = [];
let isTurnSet = false;
/** The first key of a sequence. */
let first: KeyPress | null = null;

/** Lets presses wait while `isWaiting`; for `loading` only where the page has bound no keys of its own yet. */
export function useWaitingKeys(wait: Wait, isWaiting: boolean): void {
  const id = useId();
  // In the commit itself: the next press may come before effects have run.
  useLayoutEffect(() => {
    if (isWaiting) waits[wait].add(id);
  }, [wait, isWaiting, id]);
  // With the effects that bind the keys of what has come.
  useEffect(() => {
    if (!isWaiting) return undefined;
    return () => {
      waits[wait].delete(id);
      setTurn();
    };
  }, [wait, isWaiting, id]);
}

/** For a button that does what a key does: in its turn, as the key. */
export function standsForKey(key: string): Readonly<{ 'data-key': string; onClick: () => void }> {
  return {
    'data-key': key,
    onClick: () => void take({ key, at: performance.now() }, { before: null, isRepeat: false }),
  };
}

/** Starts listening; once, at the program's start. */
export function listenForKeys(): void {
  window.addEventListener('keydown', onKeyDown);
  window.addEventListener('pointerdown', forgetUnlessForKey, { capture: true });
  // Back, forward, and links.
  window.addEventListener('popstate', forget);
  onKeyLayers(setTurn);
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.key === 'Shift') return;
  if (isElsewhere(event)) {
    forgetUnlessForKey(event);
    return;
  }
  const before = first;
  first = null;
  if (take({ key: event.key, at: event.timeStamp }, { before, isRepeat: event.repeat })) event.preventDefault();
}

/** Carries a press out or lets it wait. Returns whether it means something now. */
function take(
  press: KeyPress,
  { before, isRepeat }: Readonly<{ before: KeyPress | null; isRepeat: boolean }>,
): boolean {
  const meaning = meaningOf(keyLayers(), press, before);
  if (meaning.kind === 'waiting') {
    first = meaning.press;
    return false;
  }
  if (mustWait(meaning)) {
    // A key that is held down would go on after it was let go.
    if (!isRepeat) waiting.push(press);
  } else if (meaning.kind === 'binding') act(meaning);
  return meaning.kind === 'binding';
}

function mustWait(meaning: KeyMeaning): boolean {
  if (meaning.kind === 'binding' && isAtOnce(meaning)) return false;
  return waiting.length > 0 || waits.page.size > 0 || (meaning.kind === 'nothing' && isLoading());
}

/** Nothing is bound before the first page is drawn. */
const isLoading = (): boolean =>
  keyLayers().length === 0 || (waits.loading.size > 0 && keyLayers().every(({ isGlobal }) => isGlobal));

const isAtOnce = ({ layer, index }: Binding): boolean =>
  keyLayers()[layer]?.isGlobal === true || keyLayers()[layer]?.bindings[index]?.isAtOnce === true;

function act(meaning: Binding): void {
  if (isAtOnce(meaning)) forget();
  keyLayers()[meaning.layer]?.press(meaning.index, meaning.pressed);
}

function forget(): void {
  waiting = [];
}

function forgetUnlessForKey({ target }: Event): void {
  if (!(target instanceof Element) || target.closest('[data-key]') === null) forget();
}

/** The next press that waits has its turn when what runs now is done: the page's keys are bound by then. */
function setTurn(): void {
  if (isTurnSet || waiting.length === 0) return;
  isTurnSet = true;
  setTimeout(takeTurn, 0);
}

function takeTurn(): void {
  isTurnSet = false;
  const [press] = waiting;
  if (press === undefined || waits.page.size > 0) return;
  // The press before has led to a place where keys are text, or into a dialog.
  if (isTakenBy(document.activeElement)) {
    forget();
    return;
  }
  const meaning = meaningOf(keyLayers(), press, null);
  if (meaning.kind === 'nothing' && isLoading()) return;
  waiting = waiting.slice(1);
  setTurn();
  // Drawn before the next has its turn: it moves on from where this one leads.
  if (meaning.kind === 'binding') flushSync(() => act(meaning));
}

function isElsewhere(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.isComposing) return true;
  const { target } = event;
  if (target instanceof Element) {
    // Space and Enter press what has the focus; arrows move between tabs.
    const presses = event.key === ' ' || event.key === 'Enter';
    if (presses && target.closest('button, a, input, summary, [role="button"]') !== null) return true;
    if (
      event.key.startsWith('Arrow') &&
      target.closest('[role="tablist"], [role="slider"], [role="radiogroup"], [role="application"]') !== null
    )
      return true;
  }
  return isTakenBy(target);
}

const isTakenBy = (target: EventTarget | null): boolean =>
  (target instanceof Element && target.closest(typingPlaces) !== null) ||
  document.querySelector('[role="dialog"][aria-modal="true"]') !== null;
