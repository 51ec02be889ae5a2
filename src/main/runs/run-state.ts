/** A stored run as the faces see it: its state with dead leases made visible, and its summary. */
import { fail } from '../../shared/failure.ts';
import type { ScorerName } from '../../shared/prediction.ts';
import type { RunStatus, RunSummary } from '../../shared/run.ts';
import type { RunRecord } from '../store/runs-repository.ts';
import type { Store } from '../store/store.ts';
import { isOwnerAlive } from './owner.ts';
import { restartsOf } from './restart-log.ts';
import { runResult, type ResultReads } from './run-tally.ts';

/** The run; fails (`not-found`) where the store has none of this id. */
export function requireRun(store: Store, runId: string): RunRecord {
  return (
    store.runs.find(runId) ??
    fail('not-found', `There is no run ${runId} in the store.`, {
      file: store.path,
      expected: 'the id of a run',
      found: runId,
      action: 'look for it in the list of runs; it may have been deleted, or be in another store',
    })
  );
}

/** The status that readers see. */
export function statusOf(run: Pick<RunRecord, 'status' | 'owner'>): RunStatus {
  if (run.status !== 'running') return run.status;
  return run.owner !== null && isOwnerAlive(run.owner) ? 'running' : 'interrupted';
}

/** Head of a run with its result by `scorer` (the run's own by default). */
export async function summaryOf(
  store: Store,
  run: RunRecord,
  scorer: ScorerName = run.scorer,
  reads: ResultReads = {},
): Promise<RunSummary> {
  const dataset = run.datasetRow === null ? undefined : store.datasets.getDataset(run.datasetRow);
  const model = run.modelRow === null ? undefined : store.datasets.getModel(run.modelRow);
  return {
    ...(await runResult(store, run, statusOf(run), scorer, reads)),
    planned: run.planned,
    kind: run.kind,
    label: run.label,
    createdAt: run.createdAt,
    finishedAt: run.finishedAt,
    datasetId: dataset?.fingerprint ?? null,
    datasetPath: dataset?.path ?? null,
    datasetName: noted(run, 'datasetName') ?? lastPart(dataset?.path),
    datasetFingerprint: dataset?.fingerprint ?? null,
    modelPath: model?.path ?? null,
    modelName: model?.name ?? null,
    modelFingerprint: model?.fingerprint ?? null,
    modelPrecision: model?.precision ?? null,
    randomWeights: noted(run, 'weights') === 'random',
    split: run.split,
    where: [...run.where],
    limit: run.limit,
    settings: run.settings,
    configurationHash: run.configurationHash,
    licence: dataset?.licence ?? null,
    ...rowsLeftOutOf(run),
    ...enginesOf(run),
    failure: run.failure,
  };
}

/** What the run noted of its dataset or model when it was planned. */
function noted({ environment }: RunRecord, name: string): string | null {
  const value = environment[name];
  return typeof value === 'string' ? value : null;
}

/** What its engines were, nothing for runs of before there could be several; and their restarts, where there were any. */
export function enginesOf(run: RunRecord): Pick<RunSummary, 'enginesOn' | 'engineRestarts'> {
  const enginesOn = noted(run, 'enginesOn');
  const engineRestarts = restartsOf(run);
  return { ...(enginesOn === null ? {} : { enginesOn }), ...(engineRestarts === null ? {} : { engineRestarts }) };
}

/** Nothing for runs that did not note it; a packed run may say anything. */
function rowsLeftOutOf({ environment: { rowsLeftOut } }: RunRecord): Pick<RunSummary, 'rowsLeftOut'> {
  return typeof rowsLeftOut === 'number' && Number.isSafeInteger(rowsLeftOut) && rowsLeftOut >= 0
    ? { rowsLeftOut }
    : {};
}

/** Of a path of this machine or, in a packed run, of another. */
const lastPart = (path: string | undefined): string | null => path?.split(/[\\/]/).findLast(Boolean) ?? null;
