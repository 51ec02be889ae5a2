/** A stored question, ready to be put to the model of its run again: its image and that model must still be there. */
import type { Bundle } from '../../shared/bundle.ts';
import { fail, failureOf, PenumbraFailure } from '../../shared/failure.ts';
import type { RunSettings } from '../../shared/run-settings.ts';
import type { EngineQuestion } from '../engine/protocol.ts';
import { readBundle } from '../files/read-bundle.ts';
import type { ModelRecord } from '../store/datasets-repository.ts';
import type { StoredQuestion } from '../store/predictions-repository.ts';
import type { RunRecord } from '../store/runs-repository.ts';
import type { Store } from '../store/store.ts';
import type { DatasetShelf } from './dataset-shelf.ts';
import { refuseUnknown } from './question-detail.ts';
import { checkFingerprint } from './resume-run.ts';
import { readImageOf } from './run-images.ts';

export type SingleQuestion = Readonly<{
  stored: StoredQuestion;
  question: EngineQuestion;
  /** Those of the run. */
  settings: RunSettings;
  model: ModelRecord;
  bundle: Bundle;
}>;

/**
 * Fails: `not-found`, `wrong-usage` (imported predictions), `missing-file` and `run-changed` (the model), and as
 * reading the image does.
 */
export async function openSingleQuestion(
  store: Store,
  shelf: DatasetShelf,
  run: RunRecord,
  sampleId: string,
): Promise<SingleQuestion> {
  const position = store.predictions.positionOf(run.runRow, sampleId);
  const [stored] = position === null ? [] : store.predictions.at(run.runRow, [position], { steps: 'all' });
  if (stored === undefined) refuseUnknown(run.runId, sampleId);
  const model = run.modelRow === null ? undefined : store.datasets.getModel(run.modelRow);
  if (model === undefined || run.settings === null) {
    fail('wrong-usage', 'Imported predictions have no model that could answer again.', {
      place: run.runId,
      expected: 'a run that Penumbra made',
      action: 'Run the question with a model first.',
    });
  }
  const bundle = await openBundle(model);
  const { question, choices, context, image } = stored.sample;
  const images = image === null ? [] : [await readImageOf(store, shelf, run, sampleId)];
  return { stored, question: { sampleId, question, choices, context, images }, settings: run.settings, model, bundle };
}

async function openBundle(model: ModelRecord): Promise<Bundle> {
  try {
    const bundle = await readBundle(model.path);
    checkFingerprint(model, bundle);
    return bundle;
  } catch (error) {
    const failure = failureOf(error);
    if (failure?.kind !== 'missing-file') throw error;
    throw new PenumbraFailure(
      {
        ...failure,
        message: `The model of this run, ${model.name}, is not where it was.`,
        file: model.path,
        action: 'Add its bundle under Models at its new place, or import the checkpoint to this folder again.',
      },
      { cause: error },
    );
  }
}
