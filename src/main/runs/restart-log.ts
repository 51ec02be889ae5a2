/** The restarts of a run's engines, until they are in its row. */
import {
  engineRestartsSchema,
  withRestart,
  type EngineRestart,
  type EngineRestarts,
} from '../../shared/engine-restarts.ts';
import type { RunRecord } from '../store/runs-repository.ts';

export type RestartLog = Readonly<{
  add: (restart: EngineRestart) => void;
  /** All of the run, earlier sessions' included; null where the row has them already. */
  unsaved: () => EngineRestarts | null;
  /** The row has them. */
  saved: () => void;
}>;

/** What the run's row says; null: none. A packed run may say anything. */
export function restartsOf({ environment }: Pick<RunRecord, 'environment'>): EngineRestarts | null {
  return engineRestartsSchema.safeParse(environment['engineRestarts']).data ?? null;
}

export function createRestartLog(run: Pick<RunRecord, 'environment'>): RestartLog {
  let all = restartsOf(run);
  let isSaved = true;
  return {
    add: (restart) => {
      all = withRestart(all, restart);
      isSaved = false;
    },
    unsaved: () => (isSaved ? null : all),
    saved: () => {
      isSaved = true;
    },
  };
}
