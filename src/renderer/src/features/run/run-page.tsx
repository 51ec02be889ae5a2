/** A run: the part of it that the address names, inside the frame that all parts share. */
import { Center, Loader } from '@mantine/core';
import { lazy, Suspense } from 'react';
import type { Route } from '../../routing/route.ts';
import { ManifestTab } from './manifest-tab.tsx';
import { OverviewTab } from './overview-tab.tsx';
import { RunFrame } from './run-frame.tsx';

const LatentTab = lazy(() => import('./latent-tab.tsx'));

export default function RunPage({ runId, tab }: Extract<Route, { page: 'run' }>) {
  return (
    <RunFrame runId={runId} tab={tab}>
      <Suspense
        fallback={
          <Center py={80}>
            <Loader type="dots" aria-label="Loading" />
          </Center>
        }
      >
        {tab === 'overview' ? <OverviewTab runId={runId} /> : null}
        {tab === 'latent' ? <LatentTab runId={runId} /> : null}
        {tab === 'manifest' ? <ManifestTab runId={runId} /> : null}
      </Suspense>
    </RunFrame>
  );
}
