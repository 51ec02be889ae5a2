/** Exports: walks the questions that pass the filter once and hands them to the writers of `export`. */
import { scorerNames, type Reading, type ScorerName } from '../../shared/prediction.ts';
import { buildCategoryTree } from '../analysis/category-tree.ts';
import type { OutcomeRow } from '../analysis/outcomes.ts';
import type { ExportQuestion } from '../export/export-question.ts';
import { createExportWriter, type ExportKind, type ExportedRows } from '../export/export-writer.ts';
import { exclusionTag } from '../../shared/exclusion-tag.ts';
import { scorers } from '../scoring/scorers.ts';
import type { StoredQuestion } from '../store/predictions-repository.ts';
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
  const rows: OutcomeRow[] = [];
  try {
    const all = store.questions.positions(scope);
    for (let first = 0; first < all.length; first += pageSize) {
      signal?.throwIfAborted();
      const page = readPage(store, scope, Array.from(all.subarray(first, first + pageSize)), paths);
      for (const { sample, outcome, tags } of page) {
        const isExcluded = tags.includes(exclusionTag);
        rows.push({ ...categoryOf(sample), outcome, count: isExcluded ? 0 : 1, excluded: isExcluded ? 1 : 0 });
      }
      await writer.append(page);
      // A run in this process wants its turn between pages.
      await new Promise((resolve) => setImmediate(resolve));
    }
    const createdAt = new Date().toISOString();
    const { files, manifest } = await writer.finish(buildCategoryTree(rows), (written) => ({
      ...runManifest(store, run, scorer, version),
      filter: where,
      questionsExcluded: rows.reduce((sum, { excluded = 0 }) => sum + excluded, 0),
      createdAt,
      files: written,
    }));
    return { files, manifest: { ...manifest } };
  } catch (error) {
    await writer.discard();
    throw error;
  }
}

const categoryOf = ({ domain, topic, category }: ExportQuestion['sample']): Omit<OutcomeRow, 'outcome'> => ({
  domain,
  topic,
  category,
});

function readPage(
  store: Store,
  { runRow, scorer }: QuestionScope,
  positions: readonly number[],
  paths: ExportRequest['paths'],
): ExportQuestion[] {
  const steps = paths.patches !== undefined ? 'patches' : paths.questions !== undefined ? 'masses' : 'none';
  const page = store.predictions.at(runRow, positions, { steps });
  const scored = new Map(store.scores.at(runRow, scorer, positions).map((row) => [row.position, row.outcome]));
  const readings = paths.questions === undefined ? null : readAll(store, runRow, page);
  const tags = store.annotations.tagsOfAll(page.map(({ sampleRow }) => sampleRow));
  return page.map(({ position, sampleRow, sample, prediction }) => ({
    position,
    sample,
    prediction,
    tags: tags.get(sampleRow) ?? [],
    outcome: scored.get(position) ?? 'failed',
    readings: readings?.get(position) ?? [],
  }));
}

/** What every scorer reads, by position; from the store where it has been read before. */
function readAll(store: Store, runRow: number, page: readonly StoredQuestion[]): ReadonlyMap<number, Reading[]> {
  const positions = page.map(({ position }) => position);
  const known = new Set(store.scores.scorersOf(runRow));
  const stored = scorerNames.map((scorer) => {
    if (!known.has(scorer)) return { scorer, readings: new Map<number, Reading | null>() };
    const current = store.scores.at(runRow, scorer, positions).filter((row) => row.version === scorers[scorer].version);
    return { scorer, readings: new Map(current.map(({ position, reading }) => [position, reading])) };
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
