/**
 * Notices what changes in the store while somebody looks: progress of runs (this process's own from its memory,
 * others' from their rows), runs that appear, end, are renamed or go, and rows of the other areas. Asks cheap
 * signs first, so that an idle store costs two small statements twice a second.
 */
import type { RunEvent, RunStatus } from '../../shared/run.ts';
import { PenumbraFailure } from '../../shared/failure.ts';
import { changeAreas, type ChangeArea, type RunSign } from '../store/change-signs.ts';
import type { Store } from '../store/store.ts';
import type { ActiveRun } from './active-run.ts';
import { statusOf } from './run-state.ts';
import { activeState, storedState } from './watch.ts';

export type StoreChange =
  | Readonly<{ kind: 'run'; event: RunEvent }>
  /** The list of runs. */
  | Readonly<{ kind: 'runs' }>
  | Readonly<{ kind: ChangeArea }>;

/** Own runs are looked at this often, the store at every third look. */
const lookMs = 200;
const looksPerStoreLook = 3;

type Seen = Readonly<{ sign: RunSign; status: RunStatus }>;

/** Follows until the returned function is called. A store that is locked or full for a moment is asked again. */
export function followStore(
  store: Store,
  activeOf: (runId: string) => ActiveRun | undefined,
  report: (change: StoreChange) => void,
): () => void {
  const areas = new Map<ChangeArea, string>();
  const told = new Map<string, Readonly<{ text: string; sequence: number }>>();
  let version = '';
  let runs = new Map<string, Seen>();
  /** Own runs that were at work at the last look. Their rows end before they do: an engine is still to leave. */
  const working = new Set<string>();
  let looks = 0;

  const tell = (runId: string, state: Omit<RunEvent, 'sequence'>): void => {
    const text = JSON.stringify(state);
    const previous = told.get(runId);
    if (previous?.text === text) return;
    const sequence = previous === undefined ? 0 : previous.sequence + 1;
    told.set(runId, { text, sequence });
    report({ kind: 'run', event: { ...state, sequence } });
  };

  const lookAtRuns = (now: ReadonlyMap<string, Seen>): void => {
    for (const [runId, { sign, status }] of now) {
      const then = runs.get(runId);
      const isNew = then === undefined || then.sign.revision !== sign.revision || then.status !== status;
      const matters = status === 'running' || then?.status === 'running';
      if (isNew && matters && activeOf(runId) === undefined) tell(runId, storedState(store, runId));
    }
    for (const runId of told.keys()) if (!now.has(runId)) told.delete(runId);
  };

  const lookAtStore = (isFirst: boolean): void => {
    const versionNow = store.changes.version();
    const written = versionNow !== version;
    const runsNow = written ? signsOf(store) : withLeases(runs);
    lookAtRuns(runsNow);
    const isOtherList = listOf(runs) !== listOf(runsNow);
    runs = runsNow;
    if (!isFirst && isOtherList) report({ kind: 'runs' });
    if (!written) return;
    for (const area of changeAreas) {
      const sign = store.changes.area(area);
      const changed = areas.get(area) !== sign;
      areas.set(area, sign);
      if (!isFirst && changed) report({ kind: area });
    }
    // Last: a look that was cut short is taken again.
    version = versionNow;
  };

  const look = (isFirst: boolean): void => {
    if (looks % looksPerStoreLook === 0) lookAtStore(isFirst);
    looks += 1;
    for (const runId of runs.keys()) {
      const active = activeOf(runId);
      if (active !== undefined) {
        working.add(runId);
        tell(runId, activeState(active));
      } else if (working.has(runId)) {
        tell(runId, storedState(store, runId));
        working.delete(runId);
      }
    }
    for (const runId of working) if (!runs.has(runId)) working.delete(runId);
  };

  let isFirst = true;
  const tryLook = (): void => {
    try {
      look(isFirst);
      isFirst = false;
    } catch (error) {
      if (!(error instanceof PenumbraFailure)) throw error;
    }
  };
  tryLook();
  const timer = setInterval(tryLook, lookMs);
  timer.unref();
  return () => clearInterval(timer);
}

const signsOf = (store: Store): Map<string, Seen> =>
  new Map(store.changes.runs().map((sign) => [sign.runId, { sign, status: statusOf(sign) }]));

/** The same rows, with the leases that have died meanwhile: that writes nothing. */
const withLeases = (runs: ReadonlyMap<string, Seen>): Map<string, Seen> =>
  new Map([...runs].map(([runId, { sign }]) => [runId, { sign, status: statusOf(sign) }]));

/** What the list of runs shows of them; a running run's counts change all the time and come as its events. */
const listOf = (runs: ReadonlyMap<string, Seen>): string =>
  JSON.stringify(
    [...runs.values()].map(({ sign: { runId, label, revision }, status }) => [
      runId,
      label,
      status,
      status === 'running' ? 0 : revision,
    ]),
  );
