/** Filters over a run's columns: each field of a `Where` is a mask over positions, and all of them have to hold. */
import type { ScorerName } from '../../../shared/prediction.ts';
import {
  rangeFields,
  valueFields,
  type Range,
  type SampleField,
  type ValueField,
  type Where,
} from '../../../shared/where.ts';
import type { Connection } from '../connection.ts';
import { excludedPositions } from '../excluded-questions.ts';
import { outcomes } from '../outcome-numbers.ts';
import type { SharedQuestion } from '../samples-repository.ts';
import { disagreementMask } from './disagreement.ts';
import { pairedPositions } from './paired-positions.ts';
import { absent, answerNumbersOf, goldOf, maskOf, scoresOf, stepNumbersOf, type RunColumns } from './run-columns.ts';
import { textMask } from './text-search.ts';

/** Where filters read from. */
export type QuestionSource = Readonly<{
  connection: Connection;
  columnsOf: (runRow: number) => RunColumns | undefined;
  sharedByOtherDatasets: (runRowA: number, runRowB: number) => SharedQuestion[];
}>;

type FieldMask = (source: QuestionSource, run: RunColumns, scorer: ScorerName, values: readonly string[]) => Uint8Array;

/** 1 where the run has a row that passes. */
export function passing(source: QuestionSource, run: RunColumns, scorer: ScorerName, where: Where): Uint8Array {
  const { outcome } = scoresOf(source.connection, run, scorer);
  const mask = Uint8Array.from(outcome, (value) => (value === absent ? 0 : 1));
  for (const field of valueFields) {
    const values = where[field];
    if (values !== undefined) intersect(mask, fieldMask(source, run, scorer, field, values));
  }
  for (const range of where.ranges ?? []) keepInside(mask, numbersOf(source.connection, run, range), range);
  return mask;
}

/** What the result of a filter depends on besides the run itself, as a key. */
export function filterKey(source: QuestionSource, run: RunColumns, scorer: ScorerName, where: Where): string {
  const others = (where.other ?? []).map(
    (value) => runByName(source, value.slice(0, value.indexOf(':')))?.revision ?? -1,
  );
  return JSON.stringify([scorer, where, others, annotationKey(run, where)]);
}

/** Changes with tags and notes for a filter that looks at them. */
const annotationKey = (
  { annotationRevision }: RunColumns,
  where: Partial<Record<ValueField, unknown>>,
): number | null => (where.tag === undefined && where.note === undefined ? null : annotationRevision);

/** 1 at the excluded questions. */
export const excludedMask = ({ connection }: QuestionSource, { runRow, size, kept }: RunColumns): Uint8Array =>
  kept('excluded', () => maskOf(size, connection, `SELECT position FROM ${excludedPositions}`, { runRow }));

const stratumMask =
  (field: Exclude<SampleField, 'sample'>): FieldMask =>
  ({ connection }, run, scorer, values) => {
    const { stratum } = scoresOf(connection, run, scorer);
    const sql = `SELECT stratum_row FROM strata WHERE ${field} IN (SELECT value FROM json_each(:values))`;
    const rows = new Set(connection.rows<[number]>(sql, { values: JSON.stringify(values) }).map(([row]) => row));
    return Uint8Array.from(stratum, (row) => (rows.has(row) ? 1 : 0));
  };

const listMask =
  (sql: string): FieldMask =>
  ({ connection }, { runRow, size }, _scorer, values) =>
    maskOf(size, connection, sql, { runRow, values: JSON.stringify(values) });

/** A field of `yes` and `no`; both together are everything. */
const switchMask =
  (yes: string, maskOfYes: (source: QuestionSource, run: RunColumns, scorer: ScorerName) => Uint8Array): FieldMask =>
  (source, run, scorer, values) => {
    const mask = maskOfYes(source, run, scorer);
    const wantsYes = values.includes(yes);
    const wantsNo = values.some((value) => value !== yes);
    return mask.map((value) => (value === 1 ? Number(wantsYes) : Number(wantsNo)));
  };

const letterMask =
  (indexesOf: (source: QuestionSource, run: RunColumns, scorer: ScorerName) => Int16Array): FieldMask =>
  (source, run, scorer, values) => {
    const wanted = new Set(values.map((letter) => (letter === 'none' ? -1 : letter.charCodeAt(0) - 65)));
    return Uint8Array.from(indexesOf(source, run, scorer), (index) => (wanted.has(index) ? 1 : 0));
  };

const otherRunMask: FieldMask = (source, run, scorer, values) => {
  const mask = new Uint8Array(run.size);
  for (const [runId, names] of Map.groupBy(values, (value) => value.slice(0, value.indexOf(':')))) {
    const other = runByName(source, runId);
    if (other === undefined) continue;
    const wanted = new Set(names.map((name) => outcomes.findIndex((known) => known === name.slice(runId.length + 1))));
    const { outcome } = scoresOf(source.connection, other, scorer);
    pairedPositions(source.connection, run, other, source.sharedByOtherDatasets).positions.forEach(
      (theirs, position) => {
        if (theirs >= 0 && wanted.has(outcome[theirs] ?? absent)) mask[position] = 1;
      },
    );
  }
  return mask;
};

function runByName({ connection, columnsOf }: QuestionSource, runId: string): RunColumns | undefined {
  const row = connection.rows<[number]>('SELECT run_row FROM runs WHERE run_id = :runId', { runId })[0]?.[0];
  return row === undefined ? undefined : columnsOf(row);
}

const inValues = 'IN (SELECT value FROM json_each(:values))';

const maskOfField: Readonly<Record<ValueField, FieldMask>> = {
  split: stratumMask('split'),
  domain: stratumMask('domain'),
  topic: stratumMask('topic'),
  category: stratumMask('category'),
  sample: listMask(`SELECT position FROM samples CROSS JOIN planned_questions USING (sample_row)
    WHERE run_row = :runRow AND sample_id ${inValues}`),
  tag: listMask(`SELECT position FROM tags JOIN sample_tags USING (tag_row) JOIN planned_questions USING (sample_row)
    WHERE run_row = :runRow AND name ${inValues}`),
  outcome: ({ connection }, run, scorer, values) => {
    const wanted = new Set(values.map((value) => outcomes.findIndex((known) => known === value)));
    return Uint8Array.from(scoresOf(connection, run, scorer).outcome, (outcome) => (wanted.has(outcome) ? 1 : 0));
  },
  predicted: letterMask(({ connection }, run, scorer) => scoresOf(connection, run, scorer).choice),
  gold: letterMask(({ connection }, run) => goldOf(connection, run)),
  scorers: switchMask('disagree', disagreementMask),
  rule: ({ connection }, { runRow, size }, scorer, values) =>
    maskOf(
      size,
      connection,
      `SELECT position FROM scores WHERE run_row = :runRow AND scorer = :scorer AND rule ${inValues}`,
      { runRow, scorer, values: JSON.stringify(values) },
    ),
  finish: listMask(`SELECT position FROM predictions WHERE run_row = :runRow AND finish_reason ${inValues}`),
  remark: ({ connection }, { runRow, size }, _scorer, values) => {
    const own = 'SELECT 1 FROM remarks WHERE remarks.prediction_row = predictions.prediction_row';
    const sql = `SELECT position FROM predictions WHERE run_row = :runRow
      AND (EXISTS (${own} AND kind ${inValues}) OR ('none' ${inValues} AND NOT EXISTS (${own})))`;
    return maskOf(size, connection, sql, { runRow, values: JSON.stringify(values) });
  },
  trace: switchMask('yes', ({ connection }, { runRow, size }) =>
    maskOf(size, connection, 'SELECT position FROM predictions WHERE run_row = :runRow AND has_trace = 1', { runRow }),
  ),
  note: switchMask('yes', ({ connection }, { runRow, size }) => {
    const sql = 'SELECT position FROM notes JOIN predictions USING (prediction_row) WHERE run_row = :runRow';
    return maskOf(size, connection, sql, { runRow });
  }),
  excluded: switchMask('yes', excludedMask),
  text: ({ connection }, run, _scorer, values) =>
    values
      .map((text) => textMask(connection, run, text))
      .reduce((any, mask) => any.map((value, at) => value | (mask[at] ?? 0))),
  other: otherRunMask,
};

function fieldMask(
  source: QuestionSource,
  run: RunColumns,
  scorer: ScorerName,
  field: ValueField,
  values: readonly string[],
): Uint8Array {
  const compute = (): Uint8Array => maskOfField[field](source, run, scorer, values);
  // Another run may go on while this one stays as it is; what it gives is kept in its own columns.
  return field === 'other'
    ? compute()
    : run.kept(JSON.stringify([scorer, annotationKey(run, { [field]: true }), field, ...values]), compute);
}

function numbersOf(connection: Connection, run: RunColumns, { field, stepIndex }: Range): Float64Array {
  const plain = rangeFields.find((known) => known === field);
  if (plain !== undefined) return answerNumbersOf(connection, run, plain);
  // `find` has not narrowed the field: the others are those of a latent step.
  return stepNumbersOf(connection, run, field as Exclude<Range['field'], (typeof rangeFields)[number]>, stepIndex);
}

function intersect(mask: Uint8Array, other: Uint8Array): void {
  for (let position = 0; position < mask.length; position += 1) {
    mask[position] = (mask[position] ?? 0) & (other[position] ?? 0);
  }
}

function keepInside(mask: Uint8Array, numbers: Float64Array, { low, high }: Range): void {
  const lowest = low ?? -Infinity;
  const highest = high ?? Infinity;
  for (let position = 0; position < mask.length; position += 1) {
    const value = numbers[position] ?? Number.NaN;
    if (!(value >= lowest && value <= highest)) mask[position] = 0;
  }
}
