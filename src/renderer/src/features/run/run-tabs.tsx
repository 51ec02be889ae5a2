/** The parts of a run, as links: each has its own address. */
import { isLatent, type Method } from '../../../../shared/run-settings.ts';
import { formatRoute, type RunTab } from '../../routing/route.ts';
import { count } from '../../components/numbers.ts';
import classes from './run-tabs.module.css';

export type RunTabsProps = Readonly<{
  runId: string;
  tab: RunTab;
  total: number;
  /** Null for imported predictions. */
  method: Method | null;
  /** Chosen instead of the run's own: it holds for every part. */
  scorer: string | null;
}>;

export function RunTabs({ runId, tab, total, method, scorer }: RunTabsProps) {
  const byScorer = scorer === null ? {} : { scorer };
  const tabs: readonly (readonly [RunTab, string, string])[] = [
    ['overview', 'Overview', formatRoute({ page: 'run', runId, tab: 'overview', ...byScorer })],
    [
      'questions',
      `Questions (${count(total)})`,
      formatRoute({ page: 'questions', runId, shape: 'table', where: [], sort: null, scorer }),
    ],
    ['latent', attentionName(method), formatRoute({ page: 'run', runId, tab: 'latent', ...byScorer })],
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

/** What the tab of the attention analyses holds. */
function attentionName(method: Method | null): string {
  if (method === null || isLatent(method)) return 'Latent steps';
  return method === 'icot' ? 'Attention and insertions' : 'Attention';
}
