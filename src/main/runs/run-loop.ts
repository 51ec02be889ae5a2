/**
 * The one loop that answers a run, whoever started it: feeds batches to the engines from one queue and records each
 * finished one in a transaction that also proves the lease. Killing this process at any moment loses at most what
 * the engines were working on.
 */
import { enginesText, sharingCount, thenOn } from '../../shared/engine-places.ts';
import type { EngineRestarts } from '../../shared/engine-restarts.ts';
import type { Failure } from '../../shared/failure.ts';
import { PenumbraFailure, failureOf } from '../../shared/failure.ts';
import type { RunSettings } from '../../shared/run-settings.ts';
import type { Dataset } from '../datasets/dataset.ts';
import { readBundle } from '../files/read-bundle.ts';
import { stopRequests } from '../store/run-leases.ts';
import type { RunRecord, StoredRunStatus } from '../store/runs-repository.ts';
import type { Store } from '../store/store.ts';
import { createPromptLength } from './asking-order.ts';
import type { BatchLimits } from './batch-limits.ts';
import { BatchAnswerer, CrashStreak, type AnsweredQuestion } from './batch-answerer.ts';
import { createCrashLedger } from './crash-ledger.ts';
import { loadCrew, ofEngine } from './engine-crew.ts';
import type { DeskModel, EngineUse } from './engine-desk.ts';
import { inTurn } from './in-turn.ts';
import { createQuestionFeed, type UnreadableQuestion } from './question-feed.ts';
import { createRestartLog, type RestartLog } from './restart-log.ts';
import type { RunProgress } from './run-progress.ts';
import { shareFeed, type EngineFeed } from './shared-feed.ts';
import { sideBySide } from './side-by-side.ts';
import { savePredictionScores } from './scoring-rows.ts';

export type RunLoopParts = Readonly<{
  store: Store;
  run: RunRecord;
  settings: RunSettings;
  model: DeskModel;
  /** Lease under which rows are written. */
  token: string;
  openDataset: () => Promise<Dataset>;
  /** At least one; each answers batches of its own. */
  engines: readonly EngineUse[];
  batchLimits: BatchLimits;
  progress: RunProgress;
  /** True once somebody wants the loop to end after the batch in flight. */
  isStopping: () => boolean;
  /** Another process asked the owner to stop. */
  onStopRequested: (atOnce: boolean) => void;
}>;

export type RunEnd = Readonly<{
  status: StoredRunStatus;
  failure: Failure | null;
  suspects: readonly number[];
  /** Restarts that the run's row does not have yet. */
  restarts: EngineRestarts | null;
}>;

/** Thrown when another process owns the run by now; nothing more may be written. */
export class LeaseLost extends Error {}

/** Failures of the machine: the run waits for them to pass. Others are the request's own fault. */
const passing: ReadonlySet<Failure['kind']> = new Set<Failure['kind']>([
  'disk-full',
  'store-locked',
  'permission-denied',
  'io',
  'out-of-memory',
  'device-lost',
  'engine-crashed',
]);

/** Answers until the plan is done or the run is to stop, and says how it ended. Bugs and `LeaseLost` throw. */
export async function runLoop(parts: RunLoopParts): Promise<RunEnd> {
  const restarts = createRestartLog(parts.run);
  for (const [index, engine] of parts.engines.entries()) {
    engine.onRestart(({ at, failure: { kind, found } }) => {
      restarts.add({ at: at.toISOString(), engine: index + 1, kind, ...(found === undefined ? {} : { found }) });
    });
  }
  return { ...(await answerToEnd(parts, restarts)), restarts: restarts.unsaved() };
}

async function answerToEnd(parts: RunLoopParts, restarts: RestartLog): Promise<Omit<RunEnd, 'restarts'>> {
  try {
    const finished = await answerPlan(parts, restarts);
    return { status: finished ? 'finished' : 'paused', failure: null, suspects: [] };
  } catch (error) {
    const failure = failureOf(error);
    if (failure === undefined) throw error;
    if (failure.kind === 'cancelled') return { status: 'paused', failure: null, suspects: [] };
    const suspects = error instanceof CrashStreak ? error.positions : [];
    return { status: passing.has(failure.kind) ? 'paused' : 'failed', failure, suspects };
  }
}

async function answerPlan(parts: RunLoopParts, restarts: RestartLog): Promise<boolean> {
  const { store, run, settings, model, engines, progress, isStopping } = parts;
  if (store.predictions.pendingCount(run.runRow) === 0) return true;
  if (isStopping()) return false;
  progress.enter('loading model');
  const dataset = await parts.openDataset();
  const { device, onnxruntimeVersion, suggestedBatchSize } = await loadCrew(engines, settings);
  const learnt = (await parts.batchLimits.read(model.fingerprint, device)) ?? Infinity;
  const batchSize = settings.batchSize === 'auto' ? Math.min(suggestedBatchSize, learnt) : settings.batchSize;
  store.runs.setEnvironment(run.runRow, device, {
    ...run.environment,
    onnxruntime: onnxruntimeVersion,
    batchSize,
    engines: engines.length,
    enginesOn: thenOn(earlierEngines(store, run), enginesText(settings, device)),
  });
  progress.enter('answering');
  const record = inTurn(createRecorder(parts, restarts));
  const onLimit = async (limit: number): Promise<void> => {
    // What did not fit beside another engine may well fit alone.
    if (sharingCount(settings, device) === 1) await parts.batchLimits.keep(model.fingerprint, device, limit);
  };
  const lengthOf = createPromptLength(await readBundle(model.bundlePath), settings, dataset);
  const queue = shareFeed(createQuestionFeed(store, run.runRow, dataset, lengthOf));
  const ledger = createCrashLedger(run.suspects);
  const crew = engines.map((engine) => ({
    engine,
    feed: queue.open(),
    answerer: new BatchAnswerer({ engine, settings, crashes: ledger.open(), onLimit, record }),
  }));
  await sideBySide(
    crew.map(({ engine, feed, answerer }, index) => async (isHalted) => {
      while (!isStopping() && !isHalted()) {
        const batch = await feed.next(Math.min(batchSize, answerer.batchLimit));
        if (batch === null) return;
        await record(batch.unreadable.map(unreadableRow));
        const answered = ofEngine({ ...settings, device }, index, () => answerer.answer(batch.questions));
        void announce(feed, engine, settings);
        await answered;
      }
    }),
  );
  if (!isStopping()) for (const { answerer } of crew) await answerer.finish();
  return store.predictions.pendingCount(run.runRow) === 0;
}

/** What answered questions of this run before; null: nothing yet. */
function earlierEngines(store: Store, { runRow, planned, environment }: RunRecord): string | null {
  const { enginesOn } = environment;
  return typeof enginesOn === 'string' && store.predictions.pendingCount(runRow) < planned ? enginesOn : null;
}

/** Lets the engine prepare the next batch's images while it answers this one. */
async function announce(feed: EngineFeed, engine: EngineUse, settings: RunSettings): Promise<void> {
  // What fails here fails again when the batch is asked for.
  const next = await feed.ahead().catch(() => null);
  if (next !== null)
    engine.prepare(
      settings,
      next.questions.map(({ question }) => question),
    );
}

type Row = Pick<AnsweredQuestion, 'prediction'> & { question: Pick<AnsweredQuestion['question'], 'planned'> };

const unreadableRow = ({ planned, failure }: UnreadableQuestion): Row => ({
  question: { planned },
  prediction: { status: 'failed', sampleId: planned.sample.sampleId, failure },
});

/** How often, and how long apart, a batch is tried again while another process holds the store's write lock. */
const lockAttempts = 20;
const lockPauseMs = 1000;

/** Records rows with their scores, the wall time since the rows before them, and the restarts meanwhile. */
function createRecorder(parts: RunLoopParts, restarts: RestartLog): (rows: readonly Row[]) => Promise<void> {
  const { store, run, progress, onStopRequested } = parts;
  let lastAt = performance.now();
  return async (rows) => {
    if (rows.length === 0) return;
    const now = performance.now();
    const { correct, request } = await whileLocked(() => {
      const written = store.transaction(() => writeRows(parts, rows, now - lastAt, restarts.unsaved()));
      if (written.request !== null) restarts.saved();
      return written;
    });
    lastAt = now;
    if (request === null) throw new LeaseLost(`run ${run.runId} was taken over`);
    if (request !== stopRequests.none) onStopRequested(request === stopRequests.atOnce);
    const failed = rows.filter(({ prediction }) => prediction.status === 'failed').length;
    progress.add({ done: rows.length, correct, failed });
  };
}

/** Writes nothing and gives no request when the lease is lost. */
function writeRows(
  { store, run, token }: RunLoopParts,
  rows: readonly Row[],
  workMs: number,
  restarts: EngineRestarts | null,
): Readonly<{ correct: number; request: number | null }> {
  const request = store.leases.renew(run.runRow, token, Date.now());
  if (request === null) return { correct: 0, request };
  let correct = 0;
  for (const { question, prediction } of rows) {
    const { position, sample } = question.planned;
    store.predictions.insert(run.runRow, question.planned, prediction);
    const reading = savePredictionScores(store, run.runRow, run.scorer, { position, sample, prediction });
    if (reading?.correct === true) correct += 1;
  }
  store.runs.addWork(run.runRow, workMs);
  if (restarts !== null) store.runs.setRestarts(run.runRow, restarts);
  return { correct, request };
}

/** A store that another process fills for minutes (a large run unpacked) is no reason to lose an answered batch. */
async function whileLocked<Result>(write: () => Result): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return write();
    } catch (error) {
      if (failureOf(error)?.kind !== 'store-locked' || attempt === lockAttempts) throw error;
      await new Promise((resolve) => setTimeout(resolve, lockPauseMs));
    }
  }
}

/** What a bug leaves behind in the run's row, so that the reason is not lost with the process. */
export function failureOfBug(error: unknown): Failure {
  if (error instanceof PenumbraFailure) return error.failure;
  return {
    kind: 'engine-crashed',
    message: 'The run stopped on an error inside Penumbra.',
    found: error instanceof Error ? error.message : String(error),
    action: 'please report it; the run can be resumed',
  };
}
