/** A run: the part of it that the address names, inside the frame that all parts share. */
import { Suspense, useState } from 'react';
import { lazyPart } from '../../app/lazy-page.ts';
import { useExportCommand } from '../../app/export-command.ts';
import { Loading } from '../../components/loading.tsx';
import { count } from '../../components/numbers.ts';
import type { Route } from '../../routing/route.ts';
import { ExportDialog } from '../export/export-dialog.tsx';
import { ManifestTab } from './manifest-tab.tsx';
import { OverviewTab } from './overview-tab.tsx';
import { RunFrame } from './run-frame.tsx';
import { scorerOf, useRun } from './use-run.ts';

const LatentTab = lazyPart(() => import('./latent-tab.tsx'));

export type RunRoute = Extract<Route, { page: 'run' }>;

export default function RunPage(route: RunRoute) {
  const { runId, tab, scorer = null } = route;
  const total = useRun(runId).data?.run.total;
  const [exporting, setExporting] = useState(false);
  useExportCommand(() => setExporting(true));
  return (
    <RunFrame runId={runId} tab={tab} scorer={scorer}>
      <Suspense fallback={<Loading />}>
        {tab === 'overview' ? <OverviewTab {...route} /> : null}
        {tab === 'latent' ? <LatentTab {...route} /> : null}
        {tab === 'manifest' ? <ManifestTab runId={runId} /> : null}
      </Suspense>
      {exporting && total !== undefined ? (
        <ExportDialog
          runId={runId}
          scorer={scorerOf(scorer)}
          scopes={[{ label: total === 1 ? 'the question' : `all ${count(total)} questions`, where: [], count: total }]}
          onClose={() => setExporting(false)}
        />
      ) : null}
    </RunFrame>
  );
}
