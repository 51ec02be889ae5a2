/**
 * What an export asks of the store, for the readers' threads: first which questions, then their text a page at a
 * time. The rows have been scored before.
 */
import { exclusionTag } from '../../shared/exclusion-tag.ts';
import { scorerNames, type Reading, type ScorerName } from '../../shared/prediction.ts';
import { parseWhere } from '../../shared/where.ts';
import type { OutcomeRow } from '../analysis/outcomes.ts';
import { pageTexts, type ExportKind, type PageText } from '../export/export-pages.ts';
import type { ExportQuestion } from '../export/export-question.ts';
import { scorers } from '../scoring/scorers.ts';
import type { StoredQuestion } from '../store/predictions-repository.ts';
import type { ScoredRow } from '../store/scores-repository.ts';
import type { Store } from '../store/store.ts';
import { requireRun } from './run-state.ts';
import { readPrediction } from './scoring-rows.ts';

export type ExportPlanInput = Readonly<{ runId: string; scorer: ScorerName; where: readonly string[] }>;

export type ExportPlan = Readonly<{
  /** Of the questions that pass, in order. */
  positions: Int32Array;
  /** The largest number of latent steps that any question of the run took. */
  stepCount: number;
  /** Scorers that have read something of the run. */
  scoredBy: readonly ScorerName[];
}>;

export type ExportPageInput = Readonly<{
  runId: string;
  scorer: ScorerName;
  kinds: readonly ExportKind[];
  positions: readonly number[];
}> &
  Pick<ExportPlan, 'stepCount' | 'scoredBy'>;

export type ExportPage = Readonly<{ texts: readonly PageText[]; counts: readonly CategoryCount[] }>;

/** Questions of one category with one outcome; `count` leaves the excluded ones out. */
export type CategoryCount = OutcomeRow & Readonly<{ count: number; excluded: number }>;

/** Fails: `wrong-usage` (filter), `not-found`. */
export function exportPlan(store: Store, { runId, scorer, where }: ExportPlanInput): ExportPlan {
  const { runRow } = requireRun(store, runId);
  return {
    positions: store.questions.positions({ runRow, scorer, where: parseWhere(where) }),
    stepCount: store.latentSteps.stepCount(runRow),
    scoredBy: store.scores.scorersOf(runRow),
  };
}

/** Fails: `not-found`, and as damaged rows do. */
export function exportPage(store: Store, input: ExportPageInput): ExportPage {
  const { scorer, stepCount, kinds } = input;
  const questions = readQuestions(store, requireRun(store, input.runId).runRow, input);
  return { texts: pageTexts(kinds, questions, { scorer, stepCount }), counts: countQuestions(questions) };
}

function readQuestions(
  store: Store,
  runRow: number,
  { scorer, kinds, positions, scoredBy }: ExportPageInput,
): ExportQuestion[] {
  const withReadings = kinds.includes('questions');
  const steps = kinds.includes('patches') ? 'patches' : withReadings ? 'masses' : 'none';
  const page = store.predictions.at(runRow, positions, { steps, callMasses: kinds.includes('jsonl') });
  const readBy = withReadings ? scoredBy : [scorer];
  const scores = new Map(readBy.map((name) => [name, store.scores.at(runRow, name, positions)]));
  const outcomes = new Map(scores.get(scorer)?.map(({ position, outcome }) => [position, outcome]));
  const readings = withReadings ? readAll(page, scores) : null;
  const tags = store.annotations.tagsOfAll(page.map(({ sampleRow }) => sampleRow));
  const notes = withReadings ? store.annotations.notesAt(runRow, positions) : null;
  return page.map(({ position, sampleRow, sample, prediction }) => ({
    position,
    sample,
    prediction,
    tags: tags.get(sampleRow) ?? [],
    note: notes?.get(position) ?? null,
    outcome: outcomes.get(position) ?? 'failed',
    readings: readings?.get(position) ?? [],
  }));
}

/** What every scorer reads, by position; from its scores where it has read the answer before. */
function readAll(
  page: readonly StoredQuestion[],
  scores: ReadonlyMap<ScorerName, readonly ScoredRow[]>,
): ReadonlyMap<number, Reading[]> {
  const stored = scorerNames.map((scorer) => {
    const current = scores.get(scorer)?.filter(({ version }) => version === scorers[scorer].version);
    return { scorer, readings: new Map(current?.map(({ position, reading }) => [position, reading])) };
  });
  return new Map(
    page.map(({ position, sample, prediction }) => [
      position,
      stored
        .map(({ scorer, readings }) => readings.get(position) ?? readPrediction(scorer, sample, prediction))
        .filter((reading) => reading !== null),
    ]),
  );
}

function countQuestions(questions: readonly ExportQuestion[]): CategoryCount[] {
  const counts = new Map<string, CategoryCount>();
  for (const { sample, outcome, tags } of questions) {
    const { domain, topic, category } = sample;
    const isExcluded = tags.includes(exclusionTag);
    addCount(counts, { domain, topic, category, outcome, count: isExcluded ? 0 : 1, excluded: isExcluded ? 1 : 0 });
  }
  return [...counts.values()];
}

/** Adds to the count of the same category and outcome. */
export function addCount(counts: Map<string, CategoryCount>, added: CategoryCount): void {
  const key = [added.domain, added.topic, added.category, added.outcome].join('\u0000');
  const known = counts.get(key);
  const sum = known && { ...known, count: known.count + added.count, excluded: known.excluded + added.excluded };
  counts.set(key, sum ?? added);
}
