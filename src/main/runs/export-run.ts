/** Exports: walks the questions that pass the filter once and hands them to the writers of `export`. */
import type { ExportQuestion } from '../export/export-question.ts';
import { createExportWriter, type ExportKind, type ExportedRows } from '../export/export-writer.ts';
import type { Reading, ScorerName } from '../../shared/prediction.ts';
import { scorerNames } from '../../shared/prediction.ts';
import type { StoredQuestion } from '../store/predictions-repository.ts';
import type { RunRecord } from '../store/runs-repository.ts';
import { outcomeOf } from '../store/scores-repository.ts';
import type { Store } from '../store/store.ts';
import { parseWhere } from '../store/where.ts';
import { createCategoryCounter } from './category-counter.ts';
import { runManifest, type Manifest } from './run-manifest.ts';
import { ensureScored, readPrediction } from './scoring-rows.ts';

const pageSize = 500;

export type ExportRequest = Readonly<{
  paths: Readonly<Partial<Record<ExportKind, string>>>;
  where: readonly string[];
  scorer: ScorerName;
}>;

export type Exported = Readonly<{ files: readonly ExportedRows[]; manifest: Manifest }>;

/** Writes the requested files. Fails: `wrong-usage` (filter), and as the files do; then nothing is left behind. */
export async function exportRun(
  store: Store,
  run: RunRecord,
  { paths, where, scorer }: ExportRequest,
  version: string,
): Promise<Exported> {
  const scope = { runRow: run.runRow, scorer, where: parseWhere(where) };
  await ensureScored(store, run, scorer);
  const isCategoriesOnly = Object.keys(paths).every((kind) => kind === 'categories');
  const writer = await createExportWriter({ paths, scorer, stepCount: store.latentSteps.stepCount(run.runRow) });
  const counter = createCategoryCounter();
  try {
    for (let position = -1; ;) {
      const positions = store.questions.positionsAfter(scope, position, pageSize);
      const last = positions.at(-1);
      if (last === undefined) break;
      position = last;
      const page = store.predictions.at(run.runRow, positions, { steps: !isCategoriesOnly });
      const questions = page.map((question) => exportQuestionOf(question, scorer));
      for (const question of questions) counter.add(question);
      await writer.append(questions);
      // A run in this process wants its turn between pages.
      await new Promise((resolve) => setImmediate(resolve));
    }
    const created = new Date().toISOString();
    const { files, manifest } = await writer.finish(counter.tree(), (written) => ({
      ...runManifest(store, run, scorer, version),
      filter: where,
      createdAt: created,
      files: written,
    }));
    return { files, manifest: { ...manifest } };
  } catch (error) {
    await writer.discard();
    throw error;
  }
}

function exportQuestionOf({ position, sample, prediction }: StoredQuestion, scorer: ScorerName): ExportQuestion {
  const readings = scorerNames
    .map((name) => readPrediction(name, sample, prediction))
    .filter((reading): reading is Reading => reading !== null);
  const reading = readings.find((each) => each.scorer === scorer) ?? null;
  return { position, sample, prediction, readings, outcome: outcomeOf(reading) };
}
