/** Starting and resuming one run, answered with what there is to mind about it. */
import type { EvaluationRequest, StartedRun } from '../../shared/contract/runs.ts';
import type { RunSummary } from '../../shared/run.ts';
import type { RunRecord } from '../store/runs-repository.ts';
import type { Store } from '../store/store.ts';
import type { PlanPreview } from './plan-preview.ts';
import type { EngineChange, RunControl } from './run-control.ts';
import { requireRun } from './run-state.ts';

export type ResumeInput = Readonly<{ runId: string }> & EngineChange;

export type WarnedStarts = Readonly<{
  /** Plans a run, writes its row, starts it and returns; `watch` follows it. */
  start: (request: EvaluationRequest) => Promise<StartedRun>;
  /** Goes on with a paused, interrupted or failed run, with other engines if any are given; a finished one is returned as it is. */
  resume: (input: ResumeInput) => Promise<StartedRun>;
}>;

export type WarnedStartsParts = Readonly<{
  store: Store;
  control: RunControl;
  preview: PlanPreview;
  summarise: (run: RunRecord) => Promise<RunSummary>;
}>;

export function createWarnedStarts({ store, control, preview, summarise }: WarnedStartsParts): WarnedStarts {
  return {
    start: async (request) => {
      const warnings = await preview.warningsOf(request);
      return { ...(await summarise(await control.start(request))), warnings };
    },
    resume: async ({ runId, engines, gpus }) => {
      const { status } = requireRun(store, runId);
      const isAtWork = control.atWork().includes(runId);
      const run = await control.resume(runId, { engines, gpus });
      const summary = await summarise(run);
      if (engines === undefined && gpus === undefined) return { ...summary, warnings: [] };
      // Nothing was changed then: neither goes on from here.
      if (status === 'finished' || isAtWork) {
        return {
          ...summary,
          warnings: [
            `Other engines or GPUs change nothing: the run is ${isAtWork ? 'being answered already; pause it first' : 'finished'}.`,
          ],
        };
      }
      return { ...summary, warnings: await preview.engineWarningsOf(requireRun(store, runId)) };
    },
  };
}
