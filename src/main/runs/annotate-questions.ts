/** What people add to questions: tags on the question, in every run that holds it, and notes on one run's answer. */
import { fail } from '../../shared/failure.ts';
import type { Store } from '../store/store.ts';
import { refuseUnknown } from './question-detail.ts';
import { scopeOf, type ScopeInput } from './question-reads.ts';
import { requireRun } from './run-state.ts';

export type TagInput = Readonly<{
  /** Every question of it. */
  selection?: ScopeInput | undefined;
  /** The run whose questions `sampleIds` names. */
  runId?: string | undefined;
  sampleIds: readonly string[];
  add: readonly string[];
  remove: readonly string[];
}>;

/**
 * Adds and removes tags, all or nothing: one transaction, of a second for 100,000 questions. Whoever asks has checked
 * the input and scored the selection's rows. Fails: `not-found` (run or question).
 */
export function tagQuestions(
  store: Store,
  { selection, runId, sampleIds, add, remove }: TagInput,
): { changed: number } {
  return store.transaction(() => {
    const rows = new Set(selection === undefined ? [] : store.questions.sampleRows(scopeOf(store, selection)));
    if (runId !== undefined) for (const row of rowsOf(store, runId, sampleIds)) rows.add(row);
    return { changed: store.annotations.changeTags([...rows], { add, remove }) };
  });
}

/** Fails (`wrong-usage`) where no questions are named, or a tag is both to be added and removed. */
export function checkTagInput({ selection, runId, add, remove }: TagInput): void {
  const both = add.find((tag) => remove.includes(tag));
  if (both !== undefined) {
    fail('wrong-usage', `The tag "${both}" is both to be added and removed.`, { found: both });
  }
  if (selection === undefined && runId === undefined) {
    fail('wrong-usage', 'No questions are named.', { expected: 'a selection, or a run and ids of its questions' });
  }
}

/** Fails (`not-found`) where one of them is no question of the run. */
function rowsOf(store: Store, runId: string, sampleIds: readonly string[]): number[] {
  const run = requireRun(store, runId);
  const rows = store.samples.rowsOfRun(run.runRow, sampleIds);
  return sampleIds.map((sampleId) => rows.get(sampleId) ?? refuseUnknown(runId, sampleId));
}

/** Saves the note on the run's answer to a question; an empty one deletes it. Fails: `not-found`. */
export function noteQuestion(
  store: Store,
  { runId, sampleId, note }: Readonly<{ runId: string; sampleId: string; note: string }>,
): { note: string } {
  const run = requireRun(store, runId);
  const position = store.predictions.positionOf(run.runRow, sampleId);
  if (position === null) refuseUnknown(runId, sampleId);
  const text = note.trim() === '' ? '' : note;
  store.annotations.saveNote(run.runRow, position, text);
  return { note: text };
}
