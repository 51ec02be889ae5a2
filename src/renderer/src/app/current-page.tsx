/** The page that the address names. Pages load when they are first opened: the first load stays small. */
import { Suspense } from 'react';
import { Loading } from '../components/loading.tsx';
import { formatRoute } from '../routing/route.ts';
import { useRoute } from '../routing/use-route.ts';
import { lazyPage } from './lazy-page.ts';
import { PageBoundary } from './page-boundary.tsx';

const DatasetsPage = lazyPage(() => import('../features/datasets/datasets-page.tsx'));
const DatasetPage = lazyPage(() => import('../features/datasets/dataset-page.tsx'));
const ModelsPage = lazyPage(() => import('../features/models/models-page.tsx'));
const NewRunPage = lazyPage(() => import('../features/new-run/new-run-page.tsx'));
const RunsPage = lazyPage(() => import('../features/runs/runs-page.tsx'));
const RunPage = lazyPage(() => import('../features/run/run-page.tsx'));
const QuestionsPage = lazyPage(() => import('../features/questions/questions-page.tsx'));
const QuestionPage = lazyPage(() => import('../features/question/question-page.tsx'));
const ComparePage = lazyPage(() => import('../features/compare/compare-page.tsx'));

export function CurrentPage() {
  const route = useRoute();
  return (
    <PageBoundary key={route.page} address={formatRoute(route)}>
      <Suspense fallback={<Loading />}>
        <RoutedPage />
      </Suspense>
    </PageBoundary>
  );
}

function RoutedPage() {
  const route = useRoute();
  switch (route.page) {
    case 'datasets':
      return <DatasetsPage />;
    case 'dataset':
      return <DatasetPage key={route.datasetId} {...route} />;
    case 'models':
      return <ModelsPage {...route} />;
    case 'new-run':
      return <NewRunPage {...route} />;
    case 'runs':
      return <RunsPage />;
    case 'run':
      return <RunPage key={route.runId} {...route} />;
    case 'questions':
      return <QuestionsPage key={route.runId} {...route} />;
    case 'question':
      // Keyed: the note, the tries and the question kept while the next is read belong to one run.
      return <QuestionPage key={route.runId} {...route} />;
    case 'compare':
      return <ComparePage {...route} />;
  }
}
