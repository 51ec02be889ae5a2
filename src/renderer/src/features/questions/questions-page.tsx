/** A run's questions: filter on the left, a table or a gallery of what it lets through on the right. */
import { useMemo } from 'react';
import { scorerOf } from '../run/use-run.ts';
import { RunFrame } from '../run/run-frame.tsx';
import type { Route } from '../../routing/route.ts';
import type { ListInput } from './question-list.ts';
import { QuestionsView } from './questions-view.tsx';

export type QuestionsRoute = Extract<Route, { page: 'questions' }>;

export default function QuestionsPage(route: QuestionsRoute) {
  const { runId, where, sort, scorer } = route;
  // By content: a route made anew with each address keeps the same list.
  const content = JSON.stringify({ runId, where, sort, scorer: scorerOf(scorer) } satisfies ListInput);
  const list = useMemo(() => JSON.parse(content) as ListInput, [content]);
  return (
    <RunFrame runId={runId} tab="questions" scorer={scorer}>
      <QuestionsView route={route} list={list} />
    </RunFrame>
  );
}
