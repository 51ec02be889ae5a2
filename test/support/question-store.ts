/** A store with two runs over the same questions in which every field of the filter language has something to find. */
import { scorers } from '../../src/main/scoring/scorers.ts';
import type { Store } from '../../src/main/store/store.ts';
import { scorerNames, type Prediction } from '../../src/shared/prediction.ts';
import { irregularNumbers, newRunOfTest, predictionOfTest, readingOfTest, sampleOfTest } from './stored-rows.ts';
import { wordsOfTest } from './words-of-test.ts';

export const questionCount = 120;

/** Runs FIRST and SECOND, each with what every scorer read, `m3cot` alone something of its own; tags, notes, failures; returns FIRST's row. */
export function fillQuestionStore(store: Store, count = questionCount): number {
  return store.transaction(() => {
    const datasetRow = store.datasets.saveDataset({
      fingerprint: 'q'.repeat(64),
      path: '/data/questions',
      format: 'm3cot-jsonl',
      licence: null,
    });
    const plan = Array.from({ length: count }, (_, number) =>
      store.samples.save(
        datasetRow,
        sampleOfTest(number, {
          split: number % 10 === 0 ? 'dev' : 'test',
          answerIndex: number % 13 === 0 ? null : number % 4,
          question: `Why does the ${['kettle', 'sparrow', 'glacier'][number % 3] ?? ''} ${number === 77 ? 'zymurgy ' : ''}move?`,
          image: number % 7 === 0 ? null : { kind: 'file', path: `images/${number}.png` },
        }),
      ),
    );
    const runRows = ['FIRST', 'SECOND'].map((runId) => addRun(store, runId, datasetRow, plan));
    const rowsWhere = (passes: (number: number) => boolean) => plan.filter((_, number) => passes(number));
    store.annotations.changeTags(
      rowsWhere((number) => number % 9 === 0),
      { add: ['look again'] },
    );
    store.annotations.changeTags(
      rowsWhere((number) => number % 20 === 3),
      { add: ['bad gold'] },
    );
    store.annotations.changeTags(
      rowsWhere((number) => number % 18 === 0),
      { add: ['élan; "vital"'] },
    );
    for (const position of [2, 30, 64]) store.annotations.saveNote(runRows[0] ?? 0, position, `note ${position}`);
    return runRows[0] ?? 0;
  });
}

function addRun(store: Store, runId: string, datasetRow: number, plan: readonly number[]): number {
  const runRow = store.runs.insert(newRunOfTest({ runId, datasetRow, planned: plan.length, where: [] }), plan);
  const shift = runId === 'FIRST' ? 0 : 5;
  plan.forEach((sampleRow, position) => {
    const seed = position + shift;
    store.predictions.insert(runRow, { position, sampleRow }, answerOf(`sample-${position}`, seed));
    const isFailed = seed % 17 === 4;
    const strict = [readingOfTest(position % 4, true), readingOfTest(2, false), readingOfTest(null, false)][
      Math.floor(seed / 4) % 3
    ];
    const m3cot = seed % 11 === 0 ? readingOfTest(3, false) : strict;
    for (const scorer of scorerNames) {
      const reading = scorer === 'm3cot' ? m3cot : strict;
      const named = reading === undefined ? null : { ...reading, scorer, rule: seed % 2 === 0 ? 'even' : 'odd' };
      store.scores.save(runRow, position, scorer, scorers[scorer].version, isFailed ? null : named);
    }
  });
  return runRow;
}

function answerOf(sampleId: string, seed: number): Prediction {
  if (seed % 17 === 4) return { status: 'failed', sampleId, failure: { kind: 'io', message: 'no image' } };
  const prediction = predictionOfTest(sampleId, seed, seed % 5 === 0 ? 2 : 3);
  if (prediction.status === 'failed') return prediction;
  const { answer } = prediction;
  const words = wordsOfTest(seed % 5, irregularNumbers(seed));
  return {
    ...prediction,
    answer: {
      ...answer,
      outputText: seed % 7 === 0 ? 'Kettledrums, and a marmalade sky (B)' : 'It is B',
      trace: seed % 8 === 1 || answer.trace === null ? null : { ...answer.trace, ...(seed % 6 === 0 ? words : {}) },
      finishReason: seed % 16 === 3 ? 'stop' : answer.finishReason,
      timings: seed % 19 === 2 ? null : answer.timings,
    },
  };
}
