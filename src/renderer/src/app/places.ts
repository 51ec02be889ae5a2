/** Where one can go from everywhere, and what the pages are called. */
import { IconChartBar, IconCpu, IconDatabase, IconListCheck } from '@tabler/icons-react';
import { formatRoute, type Route } from '../routing/route.ts';

export type Place = Readonly<{
  label: string;
  icon: typeof IconDatabase;
  route: Route;
  /** Pages below it, itself included. */
  pages: readonly Route['page'][];
  /** Second key after `g`. */
  key: string;
}>;

export const places: readonly Place[] = [
  {
    label: 'Runs',
    icon: IconListCheck,
    route: { page: 'runs' },
    pages: ['runs', 'run', 'questions', 'question'],
    key: 'r',
  },
  {
    label: 'Compare',
    icon: IconChartBar,
    route: { page: 'compare', runIds: [], scorer: null },
    pages: ['compare'],
    key: 'c',
  },
  { label: 'Datasets', icon: IconDatabase, route: { page: 'datasets' }, pages: ['datasets', 'dataset'], key: 'd' },
  { label: 'Models', icon: IconCpu, route: { page: 'models' }, pages: ['models'], key: 'm' },
];

export const newRun: Route = { page: 'new-run', dataset: null, model: null, fromRun: null, where: [] };
export const newRunHref = formatRoute(newRun);

/** Name of a page in the window's title; `runLabel` of the run that it belongs to, once known. */
export function pageTitle(route: Route, runLabel: string | null): string {
  const run = runLabel ?? 'Run';
  switch (route.page) {
    case 'runs':
      return 'Runs';
    case 'run':
      return run;
    case 'questions':
      return `Questions · ${run}`;
    case 'question':
      return `${route.sampleId} · ${run}`;
    case 'compare':
      return 'Compare';
    case 'datasets':
      return 'Datasets';
    case 'dataset':
      return 'Dataset';
    case 'models':
      return 'Models';
    case 'new-run':
      return 'New run';
  }
}
