/** Which questions of two stored runs are paired: ids alone do not make two questions the same. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunService } from '../../src/main/runs/run-service.ts';
import { createWorkplace, follow, type Workplace } from '../support/run-workplace.ts';
import { sampleIdOf, writeSmallDataset } from '../support/small-dataset.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const newFolder = temporaryFolders();
let place: Workplace;
let runs: RunService;
let runId: string;

beforeAll(async () => {
  place = createWorkplace(await newFolder(), { questionCount: 6 });
  ({ runs } = place.open());
  runId = await runOf(place.dataset);
});

afterAll(() => place.closeAll());

async function runOf(dataset: string): Promise<string> {
  const started = await runs.start(place.request({ dataset }));
  await follow(runs, started.runId);
  return started.runId;
}

describe('runs on different datasets', () => {
  it('pair what is the same question, and count the ids that stand for others', async () => {
    const dataset = writeSmallDataset(join(await newFolder(), 'changed'), { questionCount: 6 });
    const file = join(dataset, 'data', 'test.jsonl');
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    const change = (number: number, from: string, to: string): void => {
      expect(lines[number]).toContain(from);
      lines[number] = (lines[number] ?? '').replace(from, to);
    };
    change(0, 'What is shown in picture 0?', 'Who painted this?');
    change(1, '"a fish"', '"a whale"');
    // The same question still: other white space; a corrected label.
    change(2, 'What is shown', 'What  is\\nshown');
    change(3, '"answer":"D"', '"answer":"A"');
    writeFileSync(file, `${lines.join('\n')}\n`);

    const comparison = await runs.compare({ runIdA: runId, runIdB: await runOf(dataset) });
    expect(comparison).toMatchObject({ differentQuestions: 2, onlyInA: 0, onlyInB: 0 });
    expect(comparison.nodes[0]).toMatchObject({ path: [], questionCount: 4 });
  });

  it('take the question of a prediction file, which is a prompt, as unknown and not as another', async () => {
    const file = join(await newFolder(), 'predictions.jsonl');
    const row = (number: number, choices?: string[]): string =>
      JSON.stringify({ id: sampleIdOf(number), choices, answer: 'A', messages: ['Tell me.', 'The answer is A.'] });
    const same = ['a cat', 'a dog', 'a bird', 'a fish'];
    writeFileSync(file, `${[row(0, same), row(1), row(2, ['red', 'green'])].join('\n')}\n`);
    const imported = await runs.importPredictions({ file, scorer: 'strict' });

    const comparison = await runs.compare({ runIdA: runId, runIdB: imported.runId });
    expect(comparison).toMatchObject({ differentQuestions: 1, onlyInA: 3, onlyInB: 0 });
    expect(comparison.nodes[0]).toMatchObject({ questionCount: 2 });
  });

  it('are no matter for two runs on one dataset', async () => {
    const comparison = await runs.compare({ runIdA: runId, runIdB: await runOf(place.dataset) });
    expect(comparison).toMatchObject({ differentQuestions: 0, onlyInA: 0, onlyInB: 0 });
  });
});
