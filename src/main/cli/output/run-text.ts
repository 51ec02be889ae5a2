/** A run for people: what it is, how it went, and its category table. */
import { ranOn } from '../../../shared/engine-places.ts';
import { restartText } from '../../../shared/engine-restarts.ts';
import { exclusionTag } from '../../../shared/exclusion-tag.ts';
import { leftOutText } from '../../../shared/left-out-text.ts';
import { scorerWarnings } from '../../../shared/prediction.ts';
import { remarkTitles } from '../../../shared/remark-titles.ts';
import { questionsDone, type RunResult, type RunSummary } from '../../../shared/run.ts';
import type { CategoryNode } from '../../../shared/statistics.ts';
import { categoryTable } from './category-table.ts';
import { failureText } from './failure-text.ts';
import { count, measure, percent } from './numbers.ts';
import { properties } from './table.ts';

export function runText(run: RunSummary, categories: readonly CategoryNode[], depth?: number): string {
  return [
    properties([
      ['Run', run.label === '' ? run.runId : `${run.runId} (${run.label})`],
      [
        'Status',
        run.status === 'finished' ? run.status : `${run.status}, ${count(questionsDone(run))} of ${count(run.planned)}`,
      ],
      ['Dataset', run.datasetPath],
      ['Model', run.modelName],
      ['Method', methodText(run)],
      ['Mind', run.rowsLeftOut === undefined || run.rowsLeftOut === 0 ? null : leftOutText(run.rowsLeftOut)],
      ['Filter', run.where.length === 0 ? null : run.where.join(' ')],
      ...resultPairs(run),
      ...remarkPairs(run),
      ...restartPairs(run),
      ['Licence', run.licence],
    ]),
    ...(run.failure === null ? [] : ['', failureText(run.failure)]),
    ...(categories.length === 0 ? [] : ['', categoryTable(categories, depth)]),
  ].join('\n');
}

/** A result without its run's plan, as imports and rescoring give it. */
export function resultText(result: RunResult): string {
  return properties([['Run', result.runId], ['Status', result.status], ...resultPairs(result), ...remarkPairs(result)]);
}

function resultPairs(run: RunResult | RunSummary): [string, string | null][] {
  return [
    ['Scorer', run.scorer],
    ['Mind', scorerWarnings[run.scorer] ?? null],
    ['Correct', `${count(run.correct)} of ${count(run.total)} (${percent(run.accuracy)})`],
    ['Unparsed', run.unparsed === 0 ? null : count(run.unparsed)],
    ['Failed', run.failed === 0 ? null : count(run.failed)],
    ['Excluded', run.excluded === 0 ? null : `${count(run.excluded)} tagged "${exclusionTag}", in none of the counts`],
    ['AR steps', measure(run.arStepsMean, 2, 'a question')],
    ['Time', measure(run.secondsPerQuestionMean, 3, 's a question')],
    ['Speed', measure(run.questionsPerSecond, 2, 'questions/s')],
    ['Device', 'settings' in run ? ranOn(run) : run.device],
  ];
}

/** What was remarked on how many answers, a line for each kind, with the filter that finds them. */
const remarkPairs = ({ remarks = [] }: RunResult | RunSummary): [string, string][] =>
  remarks.map(({ kind, count: answers }, index) => [
    index === 0 ? 'Remarks' : '',
    `${count(answers)} ${answers === 1 ? 'answer' : 'answers'}: ${remarkTitles[kind]} (remark=${kind})`,
  ]);

/** How often engines were started again, and below it when and why. */
function restartPairs({ engineRestarts }: RunSummary): [string, string | null][] {
  if (engineRestarts === undefined) return [];
  const { count: restartCount, last } = engineRestarts;
  const left = restartCount > last.length ? `; the last ${count(last.length)}` : '';
  return [
    ['Restarts', `${count(restartCount)}, each after an engine had ended by itself${left}:`],
    ...last.map((each): [string, string] => ['', `${each.at.slice(0, 19).replace('T', ' ')}  ${restartText(each)}`]),
  ];
}

function methodText({ settings }: RunSummary): string | null {
  if (settings === null) return null;
  const { method, latentSteps, patchesPerStep, intervention, promptFormat } = settings;
  if (method !== 'ivt-lr') return `${method} (${promptFormat})`;
  const steps = `N = ${String(latentSteps)}, K = ${String(patchesPerStep)}`;
  return `${method} (${steps}, ${promptFormat}${intervention === 'none' ? '' : `, intervention ${intervention}`})`;
}
