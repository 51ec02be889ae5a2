/**
 * Live events become fresh pages: each event marks the answers that it may have changed as stale, and those that are
 * on the screen are asked again, at most twice a second. Pages poll nothing.
 */
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { LiveEvent } from '../../../shared/live-event.ts';
import { client, isInWindow } from './client.ts';
import { keepReading } from './connection.ts';
import { readLiveSocket } from './live-socket.ts';
import { api } from './queries.ts';
import { createRefresher, type Stale } from './refresher.ts';
import { forgetRunSpeeds, keepRunProgress } from './run-progress.ts';

const refreshMs = 500;
/** A running run's pages (tables, questions) are asked again this often; its progress bar moves with each event. */
const runningRefreshMs = 3000;

/** Answers that an event may have changed, and how soon they are asked again. */
function staleAfter(event: LiveEvent): Stale {
  switch (event.kind) {
    case 'connected':
      return { keys: [[]], afterMs: 0 };
    case 'run': {
      const { runId, status } = event.event;
      const input = { runId };
      const keys = [
        api.runs.show.key({ input }),
        api.runs.times.key({ input }),
        api.questions.list.key({ input }),
        api.questions.facets.key({ input }),
      ];
      return { keys, afterMs: status === 'running' ? runningRefreshMs : refreshMs };
    }
    case 'runs':
      return {
        keys: [api.runs.key(), api.questions.key(), api.datasets.list.key(), api.models.list.key()],
        afterMs: refreshMs,
      };
    case 'task':
      return { keys: [api.tasks.key()], afterMs: event.task.status === 'running' ? refreshMs : 0 };
    case 'annotations':
      return { keys: [api.questions.key(), api.runs.key()], afterMs: refreshMs };
    case 'datasets':
      return { keys: [api.datasets.key()], afterMs: refreshMs };
    case 'models':
      return { keys: [api.models.key()], afterMs: refreshMs };
    case 'views':
      return { keys: [api.views.key()], afterMs: refreshMs };
  }
}

/** Live events in the desktop app's window; resolves when the core's port is lost. */
async function readLivePort(onEvent: (event: LiveEvent) => void, signal: AbortSignal): Promise<void> {
  for await (const event of await client.system.watch(undefined, { signal })) onEvent(event);
}

/** Mounted once, in the shell. */
export function useLive(): void {
  const queries = useQueryClient();
  useEffect(() => {
    const unmounted = new AbortController();
    const refresher = createRefresher(queries);
    let isFirst = true;
    void keepReading(
      isInWindow ? readLivePort : readLiveSocket,
      (event) => {
        // Everything on the screen has only just been asked for when the page opens.
        if (event.kind !== 'connected' || !isFirst) refresher.mark(staleAfter(event));
        if (event.kind === 'connected' && !isFirst) forgetRunSpeeds();
        if (event.kind === 'connected') isFirst = false;
        if (event.kind === 'run') keepRunProgress(event.event);
      },
      unmounted.signal,
    );
    return () => {
      unmounted.abort();
      refresher.stop();
    };
  }, [queries]);
}
