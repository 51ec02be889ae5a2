/** The parts of a run, as links: each has its own address. */
import { formatRoute, type RunTab } from '../../routing/route.ts';
import { count } from '../../components/numbers.ts';
import classes from './run-tabs.module.css';

export type RunTabsProps = Readonly<{ runId: string; tab: RunTab; total: number }>;

export function RunTabs({ runId, tab, total }: RunTabsProps) {
  const tabs: readonly (readonly [RunTab, string, string])[] = [
    ['overview', 'Overview', formatRoute({ page: 'run', runId, tab: 'overview' })],
    [
      'questions',
      `Questions (${count(total)})`,
      formatRoute({ page: 'questions', runId, shape: 'table', where: [], sort: null, scorer: null }),
    ],
    ['latent', 'Latent steps', formatRoute({ page: 'run', runId, tab: 'latent' })],
    ['manifest', 'Manifest', formatRoute({ page: 'run', runId, tab: 'manifest' })],
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
