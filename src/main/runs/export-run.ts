/** Exports: walks the questions that pass the filter once and hands them to the writers of `export`. */
import { scorerNames, type Reading, type ScorerName } from '../../shared/prediction.ts';
import { buildCategoryTree } from '../analysis/category-tree.ts';
import type { OutcomeRow } from '../analysis/outcomes.ts';
import type { ExportQuestion } from '../export/export-question.ts';
import { createExportWriter, type ExportKind, type ExportedRows } from '../export/export-writer.ts';
import { exclusionTag } from '../../shared/exclusion-tag.ts';
import { scorers } from '../scoring/scorers.ts';
import type { StoredQuestion } from '../store/predictions-repository.ts';
import type { ScoredRow } from '../store/scores-repository.ts';
import type { QuestionScope } from '../store/questions-repository.ts';
import type { RunRecord } from '../store/runs-repository.ts';
import type { Store } from '../store/store.ts';
import { parseWhere } from '../../shared/where.ts';
import { protectedPaths } from './protected-paths.ts';
import { runManifest, type Manifest } from './run-manifest.ts';
import { readPrediction } from './scoring-rows.ts';

const pageSize = 500;

export type ExportRequest = Readonly<{
  paths: Readonly<Partial<Record<ExportKind, string>>>;
  where: readonly string[];
  scorer: ScorerName;
}>;

export type Exported = Readonly<{ files: readonly ExportedRows[]; manifest: Manifest }>;

/** Writes the requested files from a scored run. Fails: `wrong-usage` (filter), as the files do, and with the signal's reason; then nothing is left behind. */
export async function writeExport(
  store: Store,
  run: RunRecord,
  { paths, where, scorer }: ExportRequest,
  version: string,
  signal?: AbortSignal,
): Promise<Exported> {
  const scope = { runRow: run.runRow, scorer, where: parseWhere(where) };
  const writer = await createExportWriter({
    paths,
    scorer,
    stepCount: store.latentSteps.stepCount(run.runRow),
    protectedPaths: protectedPaths(store, run),
  });
  const counts = new Map<string, CategoryCount>();
  const scoredBy = store.scores.scorersOf(run.runRow);
  try {
    const all = store.questions.positions(scope);
    for (let first = 0; first < all.length; first += pageSize) {
      signal?.throwIfAborted();
      const page = readPage(store, scope, Array.from(all.subarray(first, first + pageSize)), paths, scoredBy);
      for (const question of page) countQuestion(counts, question);
      await writer.append(page);
      // A run in this process wants its turn between pages.
      await new Promise((resolve) => setImmediate(resolve));
    }
    const createdAt = new Date().toISOString();
    const { files, manifest } = await writer.finish(buildCategoryTree(counts.values()), (written) => ({
      ...runManifest(store, run, scorer, version),
      filter: where,
      questionsExcluded: [...counts.values()].reduce((sum, { excluded }) => sum + excluded, 0),
      createdAt,
      files: written,
    }));
    return { files, manifest: { ...manifest } };
  } catch (error) {
    await writer.discard();
    throw error;
  }
}

/** Questions of one category with one outcome. */
type CategoryCount = OutcomeRow & { count: number; excluded: number };

function countQuestion(counts: Map<string, CategoryCount>, { sample, outcome, tags }: ExportQuestion): void {
  const { domain, topic, category } = sample;
  const key = [domain, topic, category, outcome].join('\u0000');
  const known = counts.get(key) ?? { domain, topic, category, outcome, count: 0, excluded: 0 };
  counts.set(key, known);
  known[tags.includes(exclusionTag) ? 'excluded' : 'count'] += 1;
}

function readPage(
  store: Store,
  { runRow, scorer }: QuestionScope,
  positions: readonly number[],
  paths: ExportRequest['paths'],
  scoredBy: readonly ScorerName[],
): ExportQuestion[] {
  const steps = paths.patches !== undefined ? 'patches' : paths.questions !== undefined ? 'masses' : 'none';
  const page = store.predictions.at(runRow, positions, { steps });
  const readBy = paths.questions === undefined ? [scorer] : scoredBy;
  const scores = new Map(readBy.map((name) => [name, store.scores.at(runRow, name, positions)]));
  const outcomes = new Map(scores.get(scorer)?.map(({ position, outcome }) => [position, outcome]));
  const readings = paths.questions === undefined ? null : readAll(page, scores);
  const tags = store.annotations.tagsOfAll(page.map(({ sampleRow }) => sampleRow));
  const notes = paths.questions === undefined ? null : store.annotations.notesAt(runRow, positions);
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
