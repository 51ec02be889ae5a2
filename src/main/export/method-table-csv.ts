/** CSV of the main table: a row for each run over the questions that all compared runs answered. */
import type { MethodRow, MethodTable } from '../../shared/comparison.ts';
import { shownConditions } from '../../shared/run-conditions.ts';
import { ownPublishedRow, type PublishedChoice } from '../../shared/published-choice.ts';
import { publishedSource } from '../../shared/published-results.ts';
import { csvText, type Cell } from './csv.ts';

const header = [
  'run_id',
  'label',
  'method',
  'model',
  'latent_steps',
  'patches_per_step',
  'intervention',
  'n',
  'correct',
  'accuracy',
  'accuracy_low',
  'accuracy_high',
  'unparsed',
  'failed',
  'ar_steps_mean',
  'seconds_mean',
  'seconds_median',
  'seconds_p90',
  'speed_up',
  'difference',
  'difference_low',
  'difference_high',
  'right_to_wrong',
  'wrong_to_right',
  'p_mcnemar_exact',
  'p_holm',
  'baseline_run_id',
  'scorer',
  'published_in',
  'published_backbone',
  'published_dataset',
  'published_accuracy',
  'published_ar_steps',
  'published_seconds',
] as const;

/**
 * The whole file, header included. Behind the rest, in columns of their own: accuracy of each domain, and the
 * conditions in which the runs differ, those of their times included. What the paper reports of a row's method is of the
 * paper's own questions, models and machine.
 */
export function methodTableCsv({ rows, baselineRunId, scorer, published }: MethodTable): string {
  const domains = [...new Set(rows.flatMap(({ byDomain }) => byDomain.map(({ domain }) => domain)))].sort();
  const shown = shownConditions(rows);
  const cells = rows.map((row): Cell[] => {
    const { accuracy, againstBaseline: against, byDomain } = row;
    return [
      row.runId,
      row.label,
      row.method,
      row.modelName,
      row.latentSteps,
      row.patchesPerStep,
      row.intervention,
      row.questionCount,
      row.correct,
      accuracy?.estimate ?? null,
      accuracy?.low ?? null,
      accuracy?.high ?? null,
      row.unparsed,
      row.failed,
      row.arStepsMean,
      row.secondsMean,
      row.secondsMedian,
      row.secondsP90,
      row.speedUp,
      against?.difference?.estimate ?? null,
      against?.difference?.low ?? null,
      against?.difference?.high ?? null,
      against?.rightToWrong ?? null,
      against?.wrongToRight ?? null,
      against?.pValue ?? null,
      against?.pValueHolm ?? null,
      baselineRunId,
      scorer,
      ...publishedCells(row, published),
      ...domains.flatMap((name) => {
        const found = byDomain.find(({ domain }) => domain === name);
        return [found?.total ?? null, found?.accuracy?.estimate ?? null];
      }),
      ...shown.map(({ valueOf }) => valueOf(row)),
    ];
  });
  const domainColumns = domains.flatMap((domain) => [`n ${domain}`, `accuracy ${domain}`]);
  const conditionColumns = shown.map(({ name }) => name.toLowerCase().replaceAll(' ', '_'));
  return csvText([[...header, ...domainColumns, ...conditionColumns], ...cells]);
}

function publishedCells(row: MethodRow, published: PublishedChoice | null): Cell[] {
  const found = published === null ? undefined : ownPublishedRow(row, published);
  if (found === undefined || published === null) return [null, null, null, null, null, null];
  const { accuracy, arSteps, seconds } = found;
  return [publishedSource, published.backbone, published.dataset, accuracy, arSteps, seconds];
}
