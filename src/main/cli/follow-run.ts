/**
 * Follows a run to its end with progress, and turns interrupts into pauses: the first lets the batch in flight
 * finish, a second SIGINT ends the engine at once. Either way every finished batch is kept.
 */
import type { StartedRun } from '../../shared/contract/runs.ts';
import type { RunEvent, RunSummary } from '../../shared/run.ts';
import { duration, measure, percent } from './output/numbers.ts';
import { createProgress } from './output/progress.ts';
import type { Session } from './session.ts';

/** Starts (or resumes) with `begin` and resolves when the run no longer runs here. */
export async function followRun(
  { client, interrupts, note }: Session,
  begin: () => Promise<RunSummary & Partial<Pick<StartedRun, 'warnings'>>>,
): Promise<RunSummary> {
  let runId: string | null = null;
  let wanted: 'stop' | 'stop-now' | null = null;
  const pauses: Promise<unknown>[] = [];
  const pause = (id: string): void => {
    pauses.push(client.runs.pause({ runId: id, force: wanted === 'stop-now' }).catch(() => undefined));
  };
  interrupts.handle((level) => {
    wanted = level;
    note(
      level === 'stop'
        ? '\nPausing after the batch in flight; press Ctrl+C again to stop at once.'
        : '\nStopping at once.',
    );
    if (runId !== null) pause(runId);
  });

  const begun = await begin();
  runId = begun.runId;
  for (const warning of begun.warnings ?? []) note(`warning: ${warning}`);
  if (wanted !== null) pause(begun.runId);
  const progress = createProgress(String);
  try {
    for await (const event of await client.runs.watch({ runId: begun.runId })) {
      progress.update(event.done, event.planned, event.phase, detailOf(event));
    }
  } finally {
    progress.stop();
  }
  await Promise.all(pauses);
  const { run } = await client.runs.show({ runId: begun.runId });
  if (run.status === 'paused' || run.status === 'interrupted') {
    note(`The run is ${run.status}; "penumbra runs resume ${run.runId}" goes on with it.`);
  }
  return run;
}

function detailOf({ done, correct, failed, questionsPerSecond, secondsLeft }: RunEvent): string {
  return [
    measure(questionsPerSecond, 2, 'questions/s'),
    secondsLeft === null ? null : `${duration(secondsLeft)} left`,
    done === 0 ? null : `accuracy so far ${percent(correct / done)}`,
    failed === 0 ? null : `${String(failed)} failed`,
  ]
    .filter((part) => part !== null)
    .join(', ');
}
