/**
 * Stores a run of one answer that no model of the demo's size would give (a tool call, say), beside real runs and over
 * one of their questions: through the store's own repositories, as a run is recorded.
 */
import { openStore } from '../../src/main/store/store.ts';
import type { QuestionDetail } from '../../src/shared/contract/questions.ts';
import type { Answer } from '../../src/shared/prediction.ts';
import type { Method } from '../../src/shared/run-settings.ts';
import { newRunOfTest, readingOfTest } from '../support/stored-rows.ts';

export type StoredAnswer = Readonly<{
  /** Of the new run. */
  runId: string;
  /** A finished run whose dataset and model it shares. */
  besideRunId: string;
  method: Method;
  question: QuestionDetail;
  /** Replaces parts of the answer that the question got there. */
  answer: Partial<Answer>;
}>;

export function storeAnswer(path: string, { runId, besideRunId, method, question, answer }: StoredAnswer): void {
  const { sample, prediction } = question;
  if (prediction.status === 'failed') throw new Error('the question has failed');
  const store = openStore(path, { mustExist: true });
  try {
    const beside = store.runs.find(besideRunId);
    if (beside === undefined) throw new Error(`there is no run ${besideRunId}`);
    const { datasetRow, modelRow, settings } = beside;
    if (datasetRow === null || settings === null) throw new Error(`${besideRunId} is no evaluation of a dataset`);
    store.transaction(() => {
      const sampleRow = store.samples.save(datasetRow, sample);
      const own = {
        runId,
        label: runId,
        datasetRow,
        modelRow,
        settings: { ...settings, method },
        planned: 1,
        where: [],
      };
      const runRow = store.runs.insert(newRunOfTest(own), [sampleRow]);
      const place = { position: 0, sampleRow };
      store.predictions.insert(runRow, place, { ...prediction, answer: { ...prediction.answer, ...answer } });
      store.scores.save(runRow, 0, 'strict', 1, readingOfTest(0, true));
    });
  } finally {
    store.close();
  }
}
