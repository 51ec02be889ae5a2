/**
 * A prediction file becomes a run like any other. With its dataset opened beside it, the questions are the
 * dataset's: published files carry stale choices and now and then another gold answer. Without it, the questions
 * are what the file says, kept under the file's own fingerprint.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fail } from '../../shared/failure.ts';
import type { Prediction, ScorerName } from '../../shared/prediction.ts';
import type { DatasetProblem, Sample } from '../../shared/sample.ts';
import { openDataset } from '../datasets/open-dataset.ts';
import { parsePredictionFile, type ParsedPrediction } from '../datasets/prediction-files/parse-prediction-file.ts';
import { failFromSystem } from '../files/io-failure.ts';
import type { ArrivalStep } from '../store/copy-run.ts';
import type { RunOwner } from '../store/runs-repository.ts';
import type { Store } from '../store/store.ts';
import { datasetName } from './dataset-name.ts';
import { refuseCancelled, type LongWork } from './long-work.ts';
import { environmentOf, saveDataset } from './planner.ts';
import { createRunId } from './run-id.ts';
import { savePredictionScores } from './scoring-rows.ts';
import { takeIn } from './take-in.ts';

/** Problems that are reported; the rest is left out. */
const problemLimit = 1000;

export type ImportRequest = Readonly<{
  file: string;
  dataset?: string | undefined;
  scorer: ScorerName;
  label?: string | undefined;
}>;

export type ImportedRun = Readonly<{ runId: string; problems: DatasetProblem[] }>;

type Row = Readonly<{ sample: Sample; isOfDataset: boolean; prediction: Prediction }>;

type OpenedDataset = Readonly<{ datasetRow: number; name: string; samples: ReadonlyMap<string, Sample> }>;

/**
 * Nobody sees the run before it is complete, with what every scorer reads. Fails as the file and the dataset do, and:
 * `nothing-to-do` (no usable row), `cancelled`.
 */
export async function importPredictions(
  store: Store,
  request: ImportRequest,
  version: string,
  owner: RunOwner,
  work: LongWork,
): Promise<ImportedRun> {
  const file = resolve(request.file);
  const problems: DatasetProblem[] = [];
  const parsed: ParsedPrediction[] = [];
  work.report({ phase: 'reading', done: 0, total: 0 });
  for await (const { prediction, problem } of parsePredictionFile(file)) {
    refuseCancelled(work.signal);
    if (prediction !== null) parsed.push(prediction);
    if (problem !== null) problems.push(problem);
  }
  if (parsed.length === 0) {
    fail('nothing-to-do', 'The prediction file holds no usable row.', {
      file,
      expected: 'at least one prediction',
      found: problems[0]?.failure.message ?? 'an empty file',
    });
  }
  const fingerprint = `predictions:${await fileHash(file)}`;
  const wanted = new Set(parsed.map(({ sampleId }) => sampleId));
  const dataset = request.dataset === undefined ? null : await readDataset(store, resolve(request.dataset), wanted);
  const rows = parsed.map((prediction) => rowOf(prediction, dataset, basename(file), problems));
  const runId = createRunId();
  const source = { ...request, file, fingerprint, version, runId };
  await takeIn(store, owner, work, writeRun(store, source, owner, rows, dataset));
  return { runId, problems: problems.slice(0, problemLimit) };
}

async function fileHash(file: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(file), hash);
  } catch (error) {
    failFromSystem(error, file);
  }
  return hash.digest('hex');
}

/** The dataset's questions that the file has predictions for, whatever their split. */
async function readDataset(store: Store, path: string, wanted: ReadonlySet<string>): Promise<OpenedDataset> {
  const dataset = await openDataset(path);
  try {
    const datasetRow = saveDataset(store, path, await dataset.summary());
    const samples = new Map<string, Sample>();
    for await (const sample of dataset.samples()) if (wanted.has(sample.sampleId)) samples.set(sample.sampleId, sample);
    return { datasetRow, name: await datasetName(path), samples };
  } finally {
    await dataset.close();
  }
}

function rowOf(parsed: ParsedPrediction, dataset: OpenedDataset | null, file: string, problems: DatasetProblem[]): Row {
  const known = dataset?.samples.get(parsed.sampleId);
  if (dataset !== null && known === undefined) {
    const message = `The dataset has no question ${parsed.sampleId}; what the file says of it is used.`;
    const failure = { kind: 'not-found', message, file, place: parsed.sampleId } as const;
    problems.push({ failure, file, row: null });
  }
  return { sample: known ?? sampleOfFile(parsed), isOfDataset: known !== undefined, prediction: predictionOf(parsed) };
}

/** The question as far as the file tells it: the prompt stands for the question's text. */
function sampleOfFile(parsed: ParsedPrediction): Sample {
  return {
    sampleId: parsed.sampleId,
    split: '',
    question: parsed.messages?.[0] ?? '',
    choices: [...(parsed.choices ?? [])],
    answerIndex: parsed.answerIndex,
    context: '',
    rationale: '',
    domain: parsed.domain ?? '',
    topic: parsed.topic ?? '',
    category: parsed.category ?? '',
    attributes: {},
    image: null,
  };
}

function predictionOf({ sampleId, messages, outputText }: ParsedPrediction): Prediction {
  return {
    status: 'answered',
    sampleId,
    answer: {
      outputText,
      outputTokenCount: null,
      arSteps: null,
      finishReason: null,
      timings: null,
      trace: null,
      messages: messages === null ? null : [...messages],
      prompt: null,
    },
  };
}

type Source = ImportRequest & Readonly<{ fingerprint: string; version: string; runId: string }>;

/** Rows in one step: a fraction of a second. */
const pageSize = 200;

/** A page of rows in each step, the last of which reveals the run. */
function* writeRun(
  store: Store,
  source: Source,
  owner: RunOwner,
  rows: readonly Row[],
  dataset: OpenedDataset | null,
): Generator<ArrivalStep, void> {
  const { file, fingerprint, scorer, version, runId } = source;
  let fileRow: number | null = null;
  const fileDatasetRow = (): number =>
    (fileRow ??= store.datasets.saveDataset({ fingerprint, path: file, format: null, licence: null }));
  const now = new Date().toISOString();
  const splits = new Set(rows.map(({ sample }) => sample.split));
  const [split = ''] = splits;
  const planned = rows.length;
  const runRow = store.hiddenRuns.begin(
    {
      runId,
      kind: 'imported',
      label: source.label ?? basename(file),
      status: 'finished',
      createdAt: now,
      finishedAt: now,
      datasetRow: dataset?.datasetRow ?? fileDatasetRow(),
      modelRow: null,
      split: splits.size === 1 && split !== '' ? split : null,
      where: [],
      limit: null,
      rowsWithoutImage: 0,
      planned,
      settings: null,
      configurationHash: null,
      scorer,
      device: null,
      environment: {
        ...environmentOf(version),
        predictionFile: file,
        predictionFingerprint: fingerprint,
        ...(dataset === null ? {} : { datasetName: dataset.name }),
      },
      workMs: 0,
      failure: null,
    },
    owner,
  );
  for (let first = 0; first < planned; first += pageSize) {
    const page = rows.slice(first, first + pageSize);
    const plan = page.map(({ sample, isOfDataset }) =>
      store.samples.save(isOfDataset && dataset !== null ? dataset.datasetRow : fileDatasetRow(), sample),
    );
    store.hiddenRuns.extendPlan(runRow, first, plan);
    page.forEach(({ sample, prediction }, index) => {
      const position = first + index;
      store.predictions.insert(runRow, { position, sampleRow: plan[index] ?? 0 }, prediction);
      savePredictionScores(store, runRow, scorer, { position, sample, prediction });
    });
    yield { runRow, done: first + page.length, planned, isLast: false };
  }
  store.hiddenRuns.reveal(runRow, runId);
  yield { runRow, done: planned, planned, isLast: true };
}
