/**
 * Counts under a filter, in loops over a run's columns. A facet's own field is left out of its filter, so that what
 * could be chosen instead stays visible.
 */
import type { z } from 'zod';
import type { questionProcedures } from '../../../shared/contract/questions.ts';
import type { ScorerName } from '../../../shared/prediction.ts';
import { choiceLetter } from '../../../shared/sample.ts';
import type { ValueField, Where } from '../../../shared/where.ts';
import { buildCategoryTree } from '../../analysis/category-tree.ts';
import type { OutcomeRow } from '../../analysis/outcomes.ts';
import { outcomes } from '../outcome-numbers.ts';
import { disagreementMask, isScoredByAll } from './disagreement.ts';
import { excludedMask, filterKey, passing, type QuestionSource } from './question-filter.ts';
import { goldOf, scoresOf, type RunColumns } from './run-columns.ts';

export type QuestionFacets = z.infer<NonNullable<(typeof questionProcedures.facets)['~orpc']['outputSchema']>>;

/** Counts of the questions that pass; excluded ones only in `excluded`, in the nodes' own, and under their tags. */
export function countFacets(source: QuestionSource, run: RunColumns, scorer: ScorerName, where: Where): QuestionFacets {
  const { connection } = source;
  const excluded = excludedMask(source, run);
  const passingWithout = (...fields: ValueField[]): Uint8Array => {
    const used = fields.filter((field) => where[field] !== undefined);
    const rest = Object.fromEntries(Object.entries(where).filter(([field]) => !used.some((name) => name === field)));
    return run.kept(`passing ${filterKey(source, run, scorer, rest)}`, () => passing(source, run, scorer, rest));
  };
  const counted = (mask: Uint8Array): Uint8Array => mask.map((value, position) => value & ~(excluded[position] ?? 0));
  const all = passingWithout();
  const { outcome, choice, stratum } = scoresOf(connection, run, scorer);
  const byOutcome = countsOf(counted(passingWithout('outcome')), outcome);
  const total = sum(counted(all));
  const countDisagreement = (): number => {
    const disagreement = disagreementMask(source, run, scorer);
    return sum(counted(all).map((value, position) => value & (disagreement[position] ?? 0)));
  };
  return {
    total,
    excluded: sum(all) - total,
    categories: buildCategoryTree(
      categoryRows(source, passingWithout('domain', 'topic', 'category'), excluded, { outcome, stratum }),
    ),
    outcomes: outcomes.map((name, index) => ({ outcome: name, count: byOutcome.get(index) ?? 0 })),
    predicted: letterCounts(countsOf(counted(passingWithout('predicted')), choice)),
    gold: letterCounts(countsOf(counted(passingWithout('gold')), goldOf(connection, run))),
    tags: tagCounts(source, run, passingWithout('tag')),
    splits: splitCounts(source, countsOf(counted(passingWithout('split')), stratum)),
    scorersDisagree: isScoredByAll(source, run) ? countDisagreement() : null,
  };
}

function countsOf(mask: Uint8Array, values: Uint8Array | Int16Array | Int32Array): Map<number, number> {
  const counts = new Map<number, number>();
  for (let position = 0; position < mask.length; position += 1) {
    if (mask[position] !== 1) continue;
    const value = values[position] ?? 0;
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}

/** One row for each stratum and outcome that occurs. */
function categoryRows(
  { connection }: QuestionSource,
  mask: Uint8Array,
  excluded: Uint8Array,
  { outcome, stratum }: Readonly<{ outcome: Uint8Array; stratum: Int32Array }>,
): OutcomeRow[] {
  const keys = stratum.map((row, position) => row * outcomes.length + (outcome[position] ?? 0));
  const countedOf = countsOf(
    mask.map((value, position) => value & ~(excluded[position] ?? 0)),
    keys,
  );
  const excludedOf = countsOf(
    mask.map((value, position) => value & (excluded[position] ?? 0)),
    keys,
  );
  const strata = strataByRow(connection);
  return [...new Set([...countedOf.keys(), ...excludedOf.keys()])].flatMap((key) => {
    const names = strata.get(Math.floor(key / outcomes.length));
    const name = outcomes[key % outcomes.length];
    if (names === undefined || name === undefined) return [];
    return [{ ...names, outcome: name, count: countedOf.get(key) ?? 0, excluded: excludedOf.get(key) ?? 0 }];
  });
}

type Stratum = Readonly<{ split: string; domain: string; topic: string; category: string }>;

function strataByRow(connection: QuestionSource['connection']): ReadonlyMap<number, Stratum> {
  const rows = connection.all<Stratum & { stratumRow: number }>(
    'SELECT stratum_row AS stratumRow, split, domain, topic, category FROM strata',
  );
  return new Map(rows.map(({ stratumRow, ...names }) => [stratumRow, names]));
}

/** By letter, none last. */
function letterCounts(counts: ReadonlyMap<number, number>): { letter: string | null; count: number }[] {
  const last = (index: number): number => (index < 0 ? Infinity : index);
  return [...counts]
    .sort(([a], [b]) => last(a) - last(b))
    .map(([index, count]) => ({ letter: index < 0 ? null : choiceLetter(index), count }));
}

function splitCounts(
  { connection }: QuestionSource,
  byStratum: ReadonlyMap<number, number>,
): { split: string; count: number }[] {
  const strata = strataByRow(connection);
  const counts = new Map<string, number>();
  for (const [row, count] of byStratum) {
    const split = strata.get(row)?.split ?? '';
    counts.set(split, (counts.get(split) ?? 0) + count);
  }
  return [...counts].map(([split, count]) => ({ split, count })).sort((a, b) => (a.split < b.split ? -1 : 1));
}

function tagCounts(
  { connection }: QuestionSource,
  { runRow, annotationRevision, kept }: RunColumns,
  mask: Uint8Array,
): { tag: string; count: number }[] {
  const tagged = kept(`tags ${annotationRevision}`, () =>
    connection.rows<[string, number]>(
      `SELECT name, position FROM tags JOIN sample_tags USING (tag_row) JOIN planned_questions USING (sample_row)
       WHERE run_row = :runRow ORDER BY name`,
      { runRow },
    ),
  );
  const counts = new Map<string, number>();
  for (const [tag, position] of tagged) {
    if (mask[position] === 1) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  }
  return [...counts].map(([tag, count]) => ({ tag, count }));
}

function sum(mask: Uint8Array): number {
  let count = 0;
  for (const value of mask) count += value;
  return count;
}
