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
import { runEnvironmentSchema, type NewRun, type RunOwner, type RunRecord } from './runs-repository.ts';
import { damaged } from './sqlite-failure.ts';
import type { Store } from './store.ts';

/** Questions in a step: a fraction of a second. */
const pageSize = 200;
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

/** What a step leaves: the new run's row, and how many of its questions are there, with their answers. */
export type ArrivalStep = Readonly<{ runRow: number; done: number; planned: number; isLast: boolean }>;

/**
 * Copies the run, a page of questions in each step, the last of which reveals it; a step belongs into a transaction of
 * the target. A run that is being worked on arrives paused. Fails with the source's damage.
 */
export function* copyRun(source: Store, target: Store, run: RunRecord, owner: RunOwner): Generator<ArrivalStep, void> {
  const file = source.path;
  const status = run.status === 'running' ? 'paused' : run.status;
  const checkedRun = checked(newRunSchema, { ...run, status }, file, `run ${run.runId}`);
  const datasetRows = new DatasetRows(source, target);
  const newRun: NewRun = {
    ...checkedRun,
    datasetRow: run.datasetRow === null ? null : datasetRows.of(run.datasetRow),
    modelRow: run.modelRow === null ? null : copyModel(source, target, run.modelRow),
  };
  const runRow = target.hiddenRuns.begin(newRun, owner);
  const rows = { from: run.runRow, to: runRow };
  const plan: number[] = [];
  const { planned } = run;
  for (;;) {
    const page = copyPlan(source, target, run, datasetRows, plan.length);
    if (page.length === 0) break;
    target.hiddenRuns.extendPlan(runRow, plan.length, page);
    const before = plan.length;
    plan.push(...page);
    copyPredictions(source, target, rows, plan, before);
    yield { runRow, done: plan.length, planned, isLast: false };
  }
  if (plan.length !== planned) throw damage(file, `run ${run.runId}`, `${plan.length} planned questions of ${planned}`);
  refuseUnplanned(source, run, plan.length);
  copyAnnotations(source, target, rows, plan);
  copyProbes(source, target, rows);
  target.hiddenRuns.reveal(runRow, checkedRun.runId);
  yield { runRow, done: planned, planned, isLast: true };
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

/** Rows in the target of the samples of the plan's next page, in order. */
function copyPlan(source: Store, target: Store, run: RunRecord, datasetRows: DatasetRows, first: number): number[] {
  return source.predictions
    .planned(run.runRow, first - 1, pageSize)
    .map(({ position, sampleRow, datasetRow, sample }, index) => {
      const place = `planned question ${position}`;
      if (position !== first + index) throw damage(source.path, place, `position ${first + index} is missing`);
      const row = target.samples.add(datasetRows.of(datasetRow), checked(sampleSchema, sample, source.path, place));
      const image = source.samples.packedImage(sampleRow);
      if (image !== undefined)
        target.samples.savePackedImage(row, checked(z.instanceof(Uint8Array), image, source.path, place));
      return row;
    });
}

/** Answers and scores of the plan from a position on. */
function copyPredictions(
  source: Store,
  target: Store,
  runRows: Readonly<{ from: number; to: number }>,
  plan: readonly number[],
  first: number,
): void {
  const page = source.predictions
    .after(runRows.from, first - 1, plan.length - first, { steps: 'all' })
    .filter(({ position }) => position < plan.length);
  for (const { position, prediction: stored } of page) {
    const sampleRow = plan[position];
    if (sampleRow === undefined) throw new Error(`position ${position} is not in the plan`);
    const prediction = checked(predictionSchema, stored, source.path, `answer ${position}`);
    target.predictions.insert(runRows.to, { position, sampleRow }, prediction);
  }
  const positions = page.map(({ position }) => position);
  for (const scorer of source.scores.scorersOf(runRows.from)) {
    for (const { position, version, reading } of source.scores.at(runRows.from, scorer, positions)) {
      const known = checked(readingSchema.nullable(), reading, source.path, `score ${position} by ${scorer}`);
      target.scores.save(runRows.to, position, scorer, version, known);
    }
  }
}

function refuseUnplanned(source: Store, { runRow }: RunRecord, planned: number): void {
  const [unplanned] = source.predictions.after(runRow, planned - 1, 1, { steps: 'none' });
  if (unplanned === undefined) return;
  throw damage(source.path, `answer ${unplanned.position}`, 'an answer to a question that was not planned');
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
