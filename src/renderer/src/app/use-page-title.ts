/** The window's title says which page it shows, so that tabs can be told apart. */
import { useEffect } from 'react';
import { useRoute } from '../routing/use-route.ts';
import { runTitle } from '../features/run/run-title.ts';
import { pageTitle } from './places.ts';
import { useRecentRuns } from './use-recent-runs.ts';

export function usePageTitle(): void {
  const route = useRoute();
  const runs = useRecentRuns();
  const runId = 'runId' in route ? route.runId : null;
  const run = runs.find((each) => each.runId === runId);
  const title = `${pageTitle(route, run === undefined ? null : runTitle(run))} – Penumbra`;
  useEffect(() => {
    document.title = title;
  }, [title]);
}
