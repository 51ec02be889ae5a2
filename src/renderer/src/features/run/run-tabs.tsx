/** The parts of a run, as links: each has its own address. */
import { formatRoute, type RunTab } from '../../routing/route.ts';
import { count } from '../../components/numbers.ts';
import classes from './run-tabs.module.css';

export type RunTabsProps = Readonly<{
  runId: string;
  tab: RunTab;
  total: number;
  /** Chosen instead of the run's own: it holds for every part. */
  scorer: string | null;
}>;

export function RunTabs({ runId, tab, total, scorer }: RunTabsProps) {
  const byScorer = scorer === null ? {} : { scorer };
  const tabs: readonly (readonly [RunTab, string, string])[] = [
    ['overview', 'Overview', formatRoute({ page: 'run', runId, tab: 'overview', ...byScorer })],
    [
      'questions',
      `Questions (${count(total)})`,
      formatRoute({ page: 'questions', runId, shape: 'table', where: [], sort: null, scorer }),
    ],
    ['latent', 'Latent steps', formatRoute({ page: 'run', runId, tab: 'latent', ...byScorer })],
    ['manifest', 'Manifest', formatRoute({ page: 'run', runId, tab: 'manifest', ...byScorer })],
  ];
  return (
    <nav aria-label="Parts of the run" className={classes.tabs}>
      {tabs.map(([name, label, href]) => (
        <a
          key={name}
          href={href}
          className={classes.tab}
          {...(name === tab ? { 'aria-current': 'page' as const } : {})}
        >
          {label}
        </a>
      ))}
    </nav>
  );
}
