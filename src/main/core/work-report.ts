/** Tells Electron's main how the runs of this process are doing: for the taskbar, notifications and quitting. */
import type { RunEvent } from '../../shared/run.ts';
import type { Core } from './core.ts';
import type { FromCore } from './process-messages.ts';

type Followed = Readonly<{ label: string; event: RunEvent }>;

/** Reports until the core closes. Runs of other processes are not this program's to announce. */
export async function reportWork(core: Core, tell: (message: FromCore) => void): Promise<void> {
  const followed = new Map<string, Followed>();
  for await (const live of await core.client.system.watch()) {
    if (live.kind !== 'run') continue;
    const { event } = live;
    const known = followed.get(event.runId);
    if (event.status === 'running') {
      const label = known?.label ?? (await core.runsAtWork()).find(({ runId }) => runId === event.runId)?.label;
      if (label === undefined) continue;
      followed.set(event.runId, { label, event });
    } else {
      if (known === undefined) continue;
      followed.delete(event.runId);
      tell({ kind: 'run-ended', runId: event.runId, title: known.label, text: endOf(event) });
    }
    tell({ kind: 'work', work: workOf([...followed.values()]) });
  }
}

function workOf(runs: readonly Followed[]) {
  const current = runs.find(({ event: { phase } }) => phase !== 'waiting') ?? runs[0];
  if (current === undefined) return { runCount: 0, fraction: null, label: '' };
  const { label, event } = current;
  return {
    runCount: runs.length,
    fraction: event.planned === 0 ? null : event.done / event.planned,
    label: `${label}, ${String(event.done)} of ${String(event.planned)}`,
  };
}

function endOf({ status, done, planned, correct }: RunEvent): string {
  const answered = `${String(done)} of ${String(planned)} questions, ${String(correct)} right`;
  if (status === 'finished') return `Finished: ${answered}.`;
  return status === 'failed' ? `Failed after ${answered}.` : `Paused after ${answered}.`;
}
