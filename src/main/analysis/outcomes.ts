/** What became of each question, and the totals of a run. */
import type { QuestionRow } from '../../shared/contract/questions.ts';
import type { Reading } from '../../shared/prediction.ts';
import type { RunResult, Tally } from '../../shared/run.ts';

/** `unparsed`: answered, but the scorer read no choice (counted wrong); `failed`: no answer. */
export type Outcome = QuestionRow['outcome'];

/** A question, or several alike. */
export type OutcomeRow = Readonly<{
  domain: string;
  topic: string;
  category: string;
  outcome: Outcome;
  /** Questions that the row stands for; one unless said. */
  count?: number;
  /** Further questions of this kind that are left out of every count. */
  excluded?: number;
}>;

/** The outcome of a question by one scorer's reading; null stands for a question that failed. */
export function outcomeOf(reading: Pick<Reading, 'correct' | 'choiceIndex'> | null): Outcome {
  if (reading === null) return 'failed';
  if (reading.correct) return 'right';
  return reading.choiceIndex === null ? 'unparsed' : 'wrong';
}

export type OutcomeSummary = Pick<
  RunResult,
  'total' | 'correct' | 'unparsed' | 'failed' | 'excluded' | 'accuracy' | 'byDomain' | 'byTopic'
>;

/** The counts of a run's result. Failures count in every total; rows without domain or topic only in the run's own. */
export function summariseOutcomes(rows: Iterable<OutcomeRow>): OutcomeSummary {
  const summary = { total: 0, correct: 0, unparsed: 0, failed: 0, excluded: 0 };
  const domains = new Map<string, Map<string, Tally>>();
  const byDomain = new Map<string, Tally>();
  for (const { domain, topic, outcome, count = 1, excluded = 0 } of rows) {
    summary.total += count;
    summary.excluded += excluded;
    if (outcome === 'right') summary.correct += count;
    if (outcome === 'unparsed') summary.unparsed += count;
    if (outcome === 'failed') summary.failed += count;
    if (domain === '' || count === 0) continue;
    add(byDomain, domain, outcome, count);
    const topics = domains.get(domain) ?? new Map<string, Tally>();
    domains.set(domain, topics);
    if (topic !== '') add(topics, topic, outcome, count);
  }
  return {
    ...summary,
    accuracy: summary.total === 0 ? null : summary.correct / summary.total,
    byDomain: Object.fromEntries([...byDomain].sort(byKey)),
    byTopic: topicTallies(domains),
  };
}

function add(tallies: Map<string, Tally>, key: string, outcome: Outcome, count: number): void {
  const tally = tallies.get(key) ?? { total: 0, correct: 0 };
  tallies.set(key, { total: tally.total + count, correct: tally.correct + (outcome === 'right' ? count : 0) });
}

/** Keyed by topic; by `domain/topic` where two domains have a topic of that name. */
function topicTallies(domains: ReadonlyMap<string, ReadonlyMap<string, Tally>>): Record<string, Tally> {
  const domainCount = new Map<string, number>();
  for (const topics of domains.values()) {
    for (const topic of topics.keys()) domainCount.set(topic, (domainCount.get(topic) ?? 0) + 1);
  }
  const entries = [...domains].flatMap(([domain, topics]) =>
    [...topics].map(([topic, tally]): [string, Tally] => [
      domainCount.get(topic) === 1 ? topic : `${domain}/${topic}`,
      tally,
    ]),
  );
  return Object.fromEntries(entries.sort(byKey));
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
