/**
 * Says when a task or a run has ended that was under way while this page was open. A file that this page asked for is
 * downloaded then; pages that did not ask only offer it.
 */
import { Anchor } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useEffect, useRef } from 'react';
import type { RunSummary } from '../../../shared/run.ts';
import type { Task } from '../../../shared/task.ts';
import { download } from '../api/download.ts';
import { answerAwaited, useAwaitedTasks } from '../api/awaited-tasks.ts';
import { count, percent } from '../components/numbers.ts';
import { runTitle } from '../features/run/run-title.ts';
import { parseRoute } from '../routing/route.ts';
import { useRecentRuns } from './use-recent-runs.ts';
import { useTasks } from './use-tasks.ts';

const nothing: ReadonlySet<string> = new Set();

export function useEndNotices(): void {
  const tasks = useTasks();
  const runs = useRecentRuns();
  const awaited = useAwaitedTasks();
  useEnds(tasks, (task) => task.taskId, taskEnded, awaited);
  useEnds(runs, (run) => run.runId, runEnded);
}

/** Calls `onEnd` for what was `running` when it was last seen, or is awaited, and has ended. */
function useEnds<Item extends { status: string }>(
  items: readonly Item[],
  idOf: (item: Item) => string,
  onEnd: (item: Item) => void,
  awaited: ReadonlySet<string> = nothing,
): void {
  const running = useRef<ReadonlySet<string>>(new Set());
  useEffect(() => {
    for (const item of items) {
      if (item.status !== 'running' && (running.current.has(idOf(item)) || awaited.has(idOf(item)))) onEnd(item);
    }
    running.current = new Set(items.filter(({ status }) => status === 'running').map(idOf));
  }, [items, idOf, onEnd, awaited]);
}

function taskEnded({ taskId, status, title, failure, result }: Task): void {
  const wasAwaited = answerAwaited(taskId);
  if (status === 'done' && result?.downloadId !== undefined) {
    const address = `download/${result.downloadId}`;
    if (wasAwaited) download(address, '');
    notifications.show({
      color: 'teal',
      title: `${title}: done`,
      message: (
        <>
          {result.summary ?? ''}{' '}
          <Anchor href={address} download size="sm">
            {wasAwaited ? 'Download it again' : 'Download'}
          </Anchor>
        </>
      ),
      autoClose: 15_000,
    });
  } else if (status === 'done') {
    notifications.show({ color: 'teal', title: `${title}: done`, message: result?.summary ?? '' });
  } else if (status === 'failed') {
    notifications.show({
      color: 'red',
      title: `${title}: failed`,
      message: failure?.message ?? '',
      autoClose: 15_000,
    });
  }
}

function runEnded(run: RunSummary): void {
  // Its own page says so itself, and a note would lie over its charts.
  const shown = parseRoute(window.location.hash);
  if (shown.page === 'run' && shown.runId === run.runId) return;
  if (run.status === 'finished') {
    const message = `n = ${count(run.total)}, accuracy ${percent(run.accuracy)} by ${run.scorer}`;
    notifications.show({ color: 'teal', title: `${runTitle(run)}: finished`, message });
  } else if (run.status === 'failed' || run.status === 'interrupted') {
    const message = run.failure?.message ?? 'Its process is gone; the run can be resumed.';
    notifications.show({ color: 'red', title: `${runTitle(run)}: ${run.status}`, message, autoClose: 15_000 });
  }
}
