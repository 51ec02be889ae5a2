/** CSV of where runs differ: a row for each run but the baseline and each domain, topic and category. */
import type { MethodTable } from '../../shared/comparison.ts';
import { csvText, type Cell } from './csv.ts';

const header = [
  'level',
  'domain',
  'topic',
  'category',
  'run_id',
  'label',
  'method',
  'n',
  'accuracy',
  'accuracy_baseline',
  'difference',
  'right_to_wrong',
  'wrong_to_right',
  'p_mcnemar_exact',
  'p_holm',
  'baseline_run_id',
  'scorer',
] as const;

const levels = ['all', 'domain', 'topic', 'category'] as const;

/** The whole file, header included; the smallest p first. */
export function categoryDifferencesCsv({ rows, differences, baselineRunId, scorer }: MethodTable): string {
  const cells = differences.map(({ path, runId, ...each }): Cell[] => {
    const row = rows.find((other) => other.runId === runId);
    const [domain = null, topic = null, category = null] = path;
    return [
      levels[path.length] ?? null,
      domain,
      topic,
      category,
      runId,
      row?.label ?? null,
      row?.method ?? null,
      each.questionCount,
      each.accuracy,
      each.baselineAccuracy,
      each.accuracy - each.baselineAccuracy,
      each.rightToWrong,
      each.wrongToRight,
      each.pValue,
      each.pValueHolm,
      baselineRunId,
      scorer,
    ];
  });
  return csvText([header, ...cells]);
}
