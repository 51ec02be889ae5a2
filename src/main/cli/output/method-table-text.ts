/** The main table of several runs for a terminal. */
import type { MethodRow, MethodTable } from '../../../shared/comparison.ts';
import { differencesText, differingConditions, shownConditions, timingNote } from '../../../shared/run-conditions.ts';
import { methodList } from '../../../shared/method-list.ts';
import type { PublishedChoice } from '../../../shared/published-choice.ts';
import { categoryDifferencesText, domainAccuracyText, publishedText } from './method-differences-text.ts';
import { count, percent } from './numbers.ts';
import { differenceText, pText } from './statistics-text.ts';
import { table } from './table.ts';

/** @param published the paper's experiment to put beside the runs; null: none */
export function methodComparisonText(methods: MethodTable, published: PublishedChoice | null = null): string {
  const parts = [
    methodTableText(methods),
    domainAccuracyText(methods, methodText),
    categoryDifferencesText(methods, methodText),
    published === null ? null : publishedText(methods, published),
  ];
  return parts.filter((part) => part !== null).join('\n\n');
}

export function methodTableText({ rows, ...methods }: MethodTable): string {
  const { scorer, baselineRunId, commonQuestions, leftOut, differentQuestions, excluded } = methods;
  const differing = differingConditions(rows);
  const timing = timingNote(rows);
  const seconds = (value: number | null): string => (value === null ? '-' : value.toFixed(3));
  return [
    `${count(commonQuestions)} questions that all runs answered; scorer ${scorer}; differences from ${baselineRunId} in points, p exact McNemar with Holm's correction`,
    ...(leftOut === 0
      ? []
      : [
          `${count(leftOut)} questions are left out: not answered by every run, or different in text (${count(differentQuestions)}).`,
        ]),
    ...(excluded === 0
      ? []
      : [
          excluded === 1
            ? '1 question tagged as excluded is left out.'
            : `${count(excluded)} questions tagged as excluded are left out.`,
        ]),
    ...(differing.length === 0 ? [] : [`Not like for like: the runs differ in ${differencesText(differing)}.`]),
    ...(timing === null ? [] : [timing]),
    '',
    table(rows, [
      { header: 'Run', cell: ({ runId }) => runId },
      { header: 'Method', cell: methodText },
      { header: 'n', align: 'right', cell: ({ questionCount }) => count(questionCount) },
      { header: 'Accuracy', align: 'right', cell: ({ accuracy }) => percent(accuracy?.estimate ?? null) },
      { header: '95 %', align: 'right', cell: intervalText },
      { header: 'AR steps', align: 'right', cell: ({ arStepsMean }) => arStepsMean?.toFixed(2) ?? '-' },
      { header: 's mean', align: 'right', cell: ({ secondsMean }) => seconds(secondsMean) },
      { header: 'median', align: 'right', cell: ({ secondsMedian }) => seconds(secondsMedian) },
      { header: 'p90', align: 'right', cell: ({ secondsP90 }) => seconds(secondsP90) },
      {
        header: 'Speed-up',
        align: 'right',
        cell: ({ speedUp }) => (speedUp === null ? '-' : `${speedUp.toFixed(2)}x`),
      },
      {
        header: 'Difference',
        align: 'right',
        cell: ({ againstBaseline }) =>
          againstBaseline === null ? 'baseline' : differenceText(againstBaseline.difference),
      },
      {
        header: 'p (Holm)',
        align: 'right',
        cell: ({ againstBaseline }) => (againstBaseline === null ? '' : pText(againstBaseline.pValueHolm)),
      },
      ...shownConditions(rows).map(({ name, valueOf }) => ({
        header: name,
        cell: (row: MethodRow) => valueOf(row) ?? '-',
      })),
      { header: 'Label', cell: ({ label }) => label },
    ]),
  ].join('\n');
}

function methodText({ method, latentSteps, patchesPerStep, intervention }: MethodRow): string {
  if (method === null) return 'imported';
  const steps = latentSteps === null ? '' : ` N=${String(latentSteps)} K=${String(patchesPerStep)}`;
  return `${titleOf(method)}${steps}${intervention === null || intervention === 'none' ? '' : ` ${intervention}`}`;
}

/** A run may come from a newer program, with a method that is not known here. */
const titleOf = (method: string): string => methodList.find(({ name }) => name === method)?.title ?? method;

const intervalText = ({ accuracy }: MethodRow): string =>
  accuracy === null ? '-' : `${(accuracy.low * 100).toFixed(1)}-${(accuracy.high * 100).toFixed(1)}`;
