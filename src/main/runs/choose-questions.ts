/**
 * Which questions of a dataset a run asks: split, filter, another run's selection, limit. Rows without an image are
 * counted and left out. Reads the dataset; what is done with the questions is the caller's.
 */
import { createHash } from 'node:crypto';
import type { EvaluationRequest, QuestionSelection } from '../../shared/contract/runs.ts';
import { fail } from '../../shared/failure.ts';
import type { DatasetSummary, Sample } from '../../shared/sample.ts';
import { selectionTerms, splitSelection } from '../../shared/selection-terms.ts';
import { answerFields, parseWhere, sampleMatches, type Where } from '../../shared/where.ts';
import type { Dataset } from '../datasets/dataset.ts';
import type { Store } from '../store/store.ts';
import { ensureScopeScored, scopeOf } from './question-reads.ts';
import { requireRun } from './run-state.ts';

/** Rows handed over together: other work gets its turn in between. */
const pageSize = 2000;
/** Positions looked up at once. */
const lookUpSize = 5000;

export type QuestionChoice = Readonly<{
  where: Where;
  split: string | null;
  limit: number | null;
  /** Only these; null: all. */
  sampleIds: ReadonlySet<string> | null;
  /** The whole choice as terms, for the run's row. */
  terms: readonly string[];
  /** What tells this choice from others: the terms, and which questions a selection stood for. */
  identity: readonly string[];
}>;

type ChoiceRequest = Pick<EvaluationRequest, 'where' | 'split' | 'limit' | 'selection'>;

/** Fails: `wrong-usage` (a filter of answers, two selections, another dataset's run), `not-found` (no such run). */
export async function readChoice(
  store: Store,
  request: ChoiceRequest,
  summary: DatasetSummary,
): Promise<QuestionChoice> {
  const { where: terms, selection: written } = splitSelection(request.where);
  if (written !== null && request.selection !== undefined) {
    fail('wrong-usage', 'Questions are selected twice.', { place: 'selection', found: 'from-run= and a selection' });
  }
  const selection = request.selection ?? written;
  const where = parseWhere(terms);
  const fields = answerFields(where);
  if (fields.length > 0) {
    fail('wrong-usage', 'A new run has no answers to choose by.', {
      place: 'where',
      expected: 'split, domain, topic, category or sample',
      found: fields.join(', '),
      action: 'select them from a stored run: from-run=RUN and from-where=TERM',
    });
  }
  const sampleIds = selection === null ? null : await idsOfSelection(store, selection, summary);
  const isFree = where.split === undefined && sampleIds === null;
  const all = selection === null ? terms : [...terms, ...selectionTerms(selection)];
  return {
    where,
    split: request.split ?? (isFree ? defaultSplit(summary) : null),
    limit: request.limit ?? null,
    sampleIds,
    terms: all,
    identity: sampleIds === null ? all : [...all, `questions=${digestOf(sampleIds)}`],
  };
}

export type ChosenQuestions = Readonly<{
  count: number;
  withoutImage: number;
  /** The one split that all chosen questions are of, as the dataset calls it. */
  split: string | null;
}>;

/** Hands the chosen questions to `take`, in the dataset's order. */
export async function chooseQuestions(
  dataset: Dataset,
  { where, split, limit, sampleIds }: QuestionChoice,
  take: (page: readonly Sample[]) => void,
): Promise<ChosenQuestions> {
  const splits = new Set<string>();
  let count = 0;
  let withoutImage = 0;
  let page: Sample[] = [];
  const turn = (): void => {
    if (page.length > 0) take(page);
    page = [];
  };
  for await (const sample of dataset.samples(split === null ? {} : { split })) {
    if (limit !== null && count >= limit) break;
    if (!sampleMatches(where, sample) || sampleIds?.has(sample.sampleId) === false) continue;
    if (sample.image === null) {
      withoutImage += 1;
      continue;
    }
    page.push(sample);
    count += 1;
    splits.add(sample.split);
    if (page.length === pageSize) turn();
  }
  turn();
  const [only = null] = splits;
  return { count, withoutImage, split: splits.size === 1 ? only : null };
}

/** Fails (`nothing-to-do`). */
export function refuseEmptyChoice({ path, splits }: DatasetSummary, split: string | null, withoutImage: number): never {
  const known = Object.keys(splits).join(', ');
  fail('nothing-to-do', 'No question of the dataset passes the choice.', {
    file: path,
    ...(split === null ? {} : { place: `split ${split}` }),
    expected: `at least one question with an image (splits: ${known})`,
    found: withoutImage === 0 ? 'none' : `only ${withoutImage} without an image`,
    action: 'choose another split or filter',
  });
}

/** `test` where there is one, otherwise the last split. */
function defaultSplit({ splits }: DatasetSummary): string | null {
  const names = Object.keys(splits);
  return names.includes('test') ? 'test' : (names.at(-1) ?? null);
}

async function idsOfSelection(
  store: Store,
  selection: QuestionSelection,
  { fingerprint, path }: DatasetSummary,
): Promise<ReadonlySet<string>> {
  const run = requireRun(store, selection.runId);
  const dataset = run.datasetRow === null ? undefined : store.datasets.getDataset(run.datasetRow);
  if (dataset?.fingerprint !== fingerprint) {
    fail('wrong-usage', 'The selected questions are of another dataset.', {
      file: path,
      place: 'selection',
      expected: `the dataset of run ${run.runId}${dataset === undefined ? '' : `, ${dataset.path}`}`,
      found: `fingerprint ${fingerprint}`,
      action: "choose the run's own dataset",
    });
  }
  await ensureScopeScored(store, selection);
  const positions = [...store.questions.positions(scopeOf(store, selection))];
  const ids = new Set<string>();
  for (let start = 0; start < positions.length; start += lookUpSize) {
    const page = positions.slice(start, start + lookUpSize);
    for (const id of store.predictions.sampleIdsAt(run.runRow, page)) ids.add(id);
  }
  return ids;
}

const digestOf = (ids: ReadonlySet<string>): string =>
  createHash('sha256')
    .update(JSON.stringify([...ids].sort()))
    .digest('hex');
