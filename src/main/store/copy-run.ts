/**
 * Copies one run with its questions, answers, traces, scores, tags, notes, probes and packed images from one store
 * to another, row by row through the repositories. The source may be a file from elsewhere: everything read from it
 * is checked by the program's own schemas before it is written, and its row numbers are not kept.
 */
import { z } from 'zod';
import { precisionSchema } from '../../shared/bundle.ts';
import { PenumbraFailure } from '../../shared/failure.ts';
import { failureSchema } from '../../shared/failure.ts';
import { predictionSchema, readingSchema, scorerNameSchema } from '../../shared/prediction.ts';
import { runSettingsSchema } from '../../shared/run-settings.ts';
import { datasetFormatSchema, sampleSchema } from '../../shared/sample.ts';
import { runEnvironmentSchema, type NewRun, type RunRecord } from './runs-repository.ts';
import { damaged } from './sqlite-failure.ts';
import type { Store } from './store.ts';

const pageSize = 500;
/** A probe has the traces of a whole answer, as JSON. */
const probePageSize = 50;

const tagSchema = z.string().trim().min(1).max(60);
const noteSchema = z.string().min(1).max(20_000);

/** Settings and prediction are checked where they are read. */
const probeHeadSchema = z.object({ probeId: z.uuid(), createdAt: z.iso.datetime() });

const datasetSchema = z.object({
  fingerprint: z.string().min(1),
  path: z.string(),
  format: datasetFormatSchema.nullable(),
  licence: z.string().nullable(),
});

const modelSchema = z.object({
  fingerprint: z.string().min(1),
  path: z.string(),
  name: z.string(),
  precision: precisionSchema,
});

const newRunSchema = z.object({
  runId: z.string().regex(/^[0-9A-Za-z-]{1,64}$/),
  kind: z.enum(['evaluation', 'imported']),
  label: z.string(),
  status: z.enum(['paused', 'finished', 'failed']),
  createdAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
  split: z.string().nullable(),
  where: z.array(z.string()),
  limit: z.int().nullable(),
  rowsWithoutImage: z.int().min(0),
  planned: z.int().min(0),
  settings: runSettingsSchema.nullable(),
  configurationHash: z.string().nullable(),
  scorer: scorerNameSchema,
  device: z.string().nullable(),
  environment: runEnvironmentSchema,
  workMs: z.number().min(0),
  failure: failureSchema.nullable(),
});

/** Copies the run in one transaction of the target. A run that is being worked on arrives paused. */
export function copyRun(source: Store, target: Store, run: RunRecord): number {
  const file = source.path;
  return target.transaction(() => {
    const status = run.status === 'running' ? 'paused' : run.status;
    const checkedRun = checked(newRunSchema, { ...run, status }, file, `run ${run.runId}`);
    const datasetRows = new DatasetRows(source, target);
    const plan = copyPlan(source, target, run, datasetRows);
    const newRun: NewRun = {
      ...checkedRun,
      datasetRow: run.datasetRow === null ? null : datasetRows.of(run.datasetRow),
      modelRow: run.modelRow === null ? null : copyModel(source, target, run.modelRow),
      planned: plan.length,
    };
    const runRow = target.runs.insert(newRun, plan);
    copyPredictions(source, target, { from: run.runRow, to: runRow }, plan);
    copyAnnotations(source, target, { from: run.runRow, to: runRow }, plan);
    copyProbes(source, target, { from: run.runRow, to: runRow });
    return runRow;
  });
}

/** Rows of datasets in the target, by their rows in the source. */
class DatasetRows {
  readonly #source: Store;
  readonly #target: Store;
  readonly #rows = new Map<number, number>();

  constructor(source: Store, target: Store) {
    this.#source = source;
    this.#target = target;
  }

  of(datasetRow: number): number {
    const known = this.#rows.get(datasetRow);
    if (known !== undefined) return known;
    const record = this.#source.datasets.getDataset(datasetRow);
    const dataset = checked(datasetSchema, record, this.#source.path, `dataset ${datasetRow}`);
    // Where the target knows the dataset already, its own path is the one that leads to the images.
    const row = this.#target.datasets.addDataset(dataset);
    this.#rows.set(datasetRow, row);
    return row;
  }
}

function copyModel(source: Store, target: Store, modelRow: number): number {
  const model = checked(modelSchema, source.datasets.getModel(modelRow), source.path, `model ${modelRow}`);
  return target.datasets.addModel(model);
}

/** Rows of the plan's samples in the target, in order. */
function copyPlan(source: Store, target: Store, run: RunRecord, datasetRows: DatasetRows): number[] {
  const plan: number[] = [];
  for (;;) {
    const page = source.predictions.planned(run.runRow, plan.length - 1, pageSize);
    if (page.length === 0) return plan;
    for (const { position, sampleRow, datasetRow, sample } of page) {
      const place = `planned question ${position}`;
      if (position !== plan.length) throw damage(source.path, place, `position ${plan.length} is missing`);
      const row = target.samples.add(datasetRows.of(datasetRow), checked(sampleSchema, sample, source.path, place));
      const image = source.samples.packedImage(sampleRow);
      if (image !== undefined)
        target.samples.savePackedImage(row, checked(z.instanceof(Uint8Array), image, source.path, place));
      plan.push(row);
    }
  }
}

function copyPredictions(
  source: Store,
  target: Store,
  runRows: Readonly<{ from: number; to: number }>,
  plan: readonly number[],
): void {
  const scorers = source.scores.scorersOf(runRows.from);
  for (let position = -1; ;) {
    const page = source.predictions.after(runRows.from, position, pageSize, { steps: 'all' });
    if (page.length === 0) return;
    for (const question of page) {
      const place = `answer ${question.position}`;
      const sampleRow = plan[question.position];
      if (sampleRow === undefined) throw damage(source.path, place, 'an answer to a question that was not planned');
      const prediction = checked(predictionSchema, question.prediction, source.path, place);
      target.predictions.insert(runRows.to, { position: question.position, sampleRow }, prediction);
      position = question.position;
    }
    const positions = page.map((question) => question.position);
    for (const scorer of scorers) {
      for (const { position: scored, version, reading } of source.scores.at(runRows.from, scorer, positions)) {
        const place = `score ${scored} by ${scorer}`;
        target.scores.save(
          runRows.to,
          scored,
          scorer,
          version,
          checked(readingSchema.nullable(), reading, source.path, place),
        );
      }
    }
  }
}

/** Tags join those that the target's questions have already; notes belong to the copied answers. */
function copyAnnotations(
  source: Store,
  target: Store,
  runRows: Readonly<{ from: number; to: number }>,
  plan: readonly number[],
): void {
  for (const { tag, positions } of source.annotations.tagsOfRun(runRows.from)) {
    const name = checked(tagSchema, tag, source.path, 'a tag');
    const rows = positions.flatMap((position) => plan[position] ?? []);
    target.annotations.changeTags(rows, { add: [name] });
  }
  for (const { position, note } of source.annotations.notesOfRun(runRows.from)) {
    target.annotations.saveNote(
      runRows.to,
      position,
      checked(noteSchema, note, source.path, `the note on answer ${position}`),
    );
  }
}

/** Questions that were tried again, oldest first, so that they keep their order. */
function copyProbes(source: Store, target: Store, runRows: Readonly<{ from: number; to: number }>): void {
  for (let last = 0; ;) {
    const page = source.probes.ofRun(runRows.from, last, probePageSize);
    if (page.length === 0) return;
    for (const { probeRow, position, probe } of page) {
      const place = `probe ${probe.probeId}`;
      checked(probeHeadSchema, probe, source.path, place);
      if (!target.probes.save(runRows.to, position, probe)) throw damage(source.path, place, 'an id that is taken');
      last = probeRow;
    }
  }
}

function checked<Output>(schema: z.ZodType<Output>, value: unknown, file: string, place: string): Output {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw damage(file, place, `${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim());
}

const damage = (file: string, place: string, found: string): PenumbraFailure =>
  new PenumbraFailure(damaged(file, found, place));
