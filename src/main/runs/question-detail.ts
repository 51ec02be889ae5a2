/** One question of a run with everything about it, read from the store only. */
import type { QuestionDetail } from '../../shared/contract/questions.ts';
import { fail } from '../../shared/failure.ts';
import { scorerNames, type Reading, type ScorerName } from '../../shared/prediction.ts';
import type { QuestionSort } from '../../shared/question-order.ts';
import { choiceLetter } from '../../shared/sample.ts';
import { outcomeOf } from '../analysis/outcomes.ts';
import { areDifferentQuestions, type QuestionText } from '../analysis/question-identity.ts';
import { exclusionTag } from '../../shared/exclusion-tag.ts';
import type { StoredQuestion } from '../store/predictions-repository.ts';
import type { QuestionScope } from '../store/questions-repository.ts';
import type { RunRecord } from '../store/runs-repository.ts';
import type { Store } from '../store/store.ts';
import { probesOf } from './probes.ts';
import { readPrediction } from './scoring-rows.ts';

/** Other runs that are named with a question. */
const mostOtherRuns = 50;

/** `scope` is of the run, and scored. Fails (`not-found`) for a question that the run has not answered (yet). */
export function findQuestion(
  store: Store,
  run: RunRecord,
  sampleId: string,
  scope: QuestionScope,
  sort: QuestionSort | undefined,
): QuestionDetail {
  const position = store.predictions.positionOf(run.runRow, sampleId);
  const [found] = position === null ? [] : store.predictions.at(run.runRow, [position], { steps: 'all' });
  if (found === undefined) refuseUnknown(run.runId, sampleId);
  const { sample, prediction } = found;
  const tags = store.annotations.tagsOf(found.sampleRow);
  return {
    sample,
    prediction,
    readings: scorerNames
      .map((scorer) => readPrediction(scorer, sample, prediction))
      .filter((reading): reading is Reading => reading !== null),
    imageUrl: sample.image === null ? null : imageUrl(run.runId, sampleId),
    position: found.position,
    ...store.questions.place(scope, sort, found.position),
    tags,
    excluded: tags.includes(exclusionTag),
    note: store.annotations.noteOf(run.runRow, found.position) ?? '',
    otherRuns: otherRuns(store, run, found, scope.scorer),
    probes: probesOf(store, run, found),
  };
}

/** Relative address of the image of a run's question. */
export const imageUrl = (runId: string, sampleId: string): string =>
  `image/${encodeURIComponent(runId)}/${encodeURIComponent(sampleId)}`;

/** The same question in other runs, each read by `scorer`. */
function otherRuns(
  store: Store,
  run: RunRecord,
  { sample, sampleRow }: StoredQuestion,
  scorer: ScorerName,
): QuestionDetail['otherRuns'] {
  const here = store.samples.textOf(sampleRow);
  if (here === undefined) return [];
  const isSame = (text: QuestionText): boolean => !areDifferentQuestions(here, text);
  return store.samples.elsewhere(run.runRow, sample.sampleId, isSame, mostOtherRuns).flatMap(({ runRow, position }) => {
    const other = store.runs.at(runRow);
    const [question] = store.predictions.at(runRow, [position], { steps: 'none' });
    if (other === undefined || question === undefined) return [];
    const { prediction } = question;
    const reading = readPrediction(scorer, question.sample, prediction);
    const model = other.modelRow === null ? undefined : store.datasets.getModel(other.modelRow);
    const choice = reading?.choiceIndex ?? null;
    return [
      {
        runId: other.runId,
        label: other.label,
        modelName: model?.name ?? null,
        outcome: outcomeOf(reading),
        predicted: choice === null ? null : choiceLetter(choice),
        hasTrace: prediction.status === 'answered' && prediction.answer.trace !== null,
      },
    ];
  });
}

/** Fails (`not-found`): the run has no such question, or no row for it yet. */
export function refuseUnknown(runId: string, sampleId: string): never {
  fail('not-found', `The run has no answer to the question ${sampleId}.`, {
    place: runId,
    expected: 'a question that the run has answered',
    found: sampleId,
  });
}
