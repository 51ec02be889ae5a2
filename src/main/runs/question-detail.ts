/** One question of a run with everything about it. */
import type { QuestionDetail } from '../../shared/contract/questions.ts';
import { fail } from '../../shared/failure.ts';
import { scorerNames, type Reading } from '../../shared/prediction.ts';
import type { RunRecord } from '../store/runs-repository.ts';
import type { Store } from '../store/store.ts';
import { parseWhere } from '../../shared/where.ts';
import { probesOf } from './probes.ts';
import { ensureScored, readPrediction } from './scoring-rows.ts';

/** Fails (`not-found`) for a question that the run has not answered (yet). */
export async function findQuestion(
  store: Store,
  run: RunRecord,
  sampleId: string,
  where: readonly string[],
): Promise<QuestionDetail> {
  const position = store.predictions.positionOf(run.runRow, sampleId);
  const [found] = position === null ? [] : store.predictions.at(run.runRow, [position], { steps: 'all' });
  if (found === undefined) refuseUnknown(run.runId, sampleId);
  const { sample, prediction } = found;
  await ensureScored(store, run, run.scorer);
  const scope = { runRow: run.runRow, scorer: run.scorer, where: parseWhere(where) };
  return {
    sample,
    prediction,
    readings: scorerNames
      .map((scorer) => readPrediction(scorer, sample, prediction))
      .filter((reading): reading is Reading => reading !== null),
    imageUrl:
      sample.image === null ? null : `image/${encodeURIComponent(run.runId)}/${encodeURIComponent(sample.sampleId)}`,
    position: found.position,
    rank: null,
    total: store.questions.count(scope),
    ...store.questions.neighbours(scope, found.position),
    tags: [],
    excluded: false,
    note: '',
    otherRuns: [],
    probes: probesOf(store, run, found),
  };
}

/** Fails (`not-found`): the run has no such question, or no row for it yet. */
export function refuseUnknown(runId: string, sampleId: string): never {
  fail('not-found', `The run has no answer to the question ${sampleId}.`, {
    place: runId,
    expected: 'a question that the run has answered',
    found: sampleId,
  });
}
