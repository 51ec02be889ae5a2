/** The main job on the command line, with the real engine: import, evaluate, list, compare, export, and back. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { runResultSchema } from '../../src/shared/run.ts';
import { randomCheckpoint, runPenumbra } from '../support/run-penumbra.ts';
import { writeShapesDataset } from '../support/shapes-dataset.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const folder = await temporaryFolders()();
const dataset = join(folder, 'dataset');
const model = join(folder, 'model');
const store = join(folder, 'store.sqlite');

const run = (...args: string[]) => runPenumbra([...args, '--store', store], { dataFolder: folder });

/** Runs with `--json`, expects success and nothing but one document on standard output. */
async function document(...args: string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await run(...args, '--json');
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Record<string, unknown>;
}

const evaluation = ['eval', '--dataset', dataset, '--model', model, '--max-tokens', '6'];
let first: Record<string, unknown> = {};

beforeAll(async () => {
  await writeShapesDataset(dataset, 8);
  const { code, stderr } = await run('model', 'import', randomCheckpoint, '--out', model, '--precision', 'f32');
  expect(code, stderr).toBe(0);
  first = await document(...evaluation);
});

describe('an evaluation', () => {
  it('prints the run with the fields that scripts rely on', () => {
    const result = runResultSchema.parse(first);
    expect(result).toMatchObject({ status: 'finished', total: 8, failed: 0, device: 'cpu', scorer: 'strict' });
    expect(result.accuracy).toBe(result.correct / result.total);
    expect(result.byDomain).toMatchObject({
      science: { total: 4 },
      commonsense: { total: 2 },
      mathematics: { total: 2 },
    });
    expect(Object.values(result.byTopic).reduce((sum, { total }) => sum + total, 0)).toBe(8);
    expect(result.arStepsMean).toBeGreaterThanOrEqual(4);
  });

  it('warns that random weights answer noise, and shows the category table', async () => {
    const { code, stdout, stderr } = await run(...evaluation, '--where', 'domain=mathematics');
    expect(code).toBe(0);
    expect(stderr).toContain('random');
    expect(stderr).toMatch(/^answering: \d\/2/m);
    expect(stdout).toMatch(/^Category +n +Correct +Accuracy +95 % interval/m);
    expect(stdout).toMatch(/^mathematics +2 /m);
    expect(stdout).not.toMatch(/^science/m);
  });

  it('refuses a device that is not there, as data', async () => {
    const { code, stdout } = await run(...evaluation, '--device', 'coreml', '--json');
    expect(code).not.toBe(0);
    expect(stdout).toContain('device-unavailable');
  });
});

describe('runs', () => {
  const runId = () => String(first['runId']);

  it('are listed newest first', async () => {
    const { runs } = await document('runs', 'list');
    const listed = runs as { runId: string; status: string; createdAt: string }[];
    expect(listed.at(-1)?.runId).toBe(runId());
    expect(listed.map(({ createdAt }) => createdAt)).toEqual(
      listed
        .map(({ createdAt }) => createdAt)
        .sort()
        .reverse(),
    );
    const { stdout } = await run('runs', 'list');
    expect(stdout).toMatch(/ Precision +Device +Method /);
    expect(stdout).toMatch(/ f32 +cpu +ivt-lr /);
  });

  it('that are finished print their result when resumed', async () => {
    expect(await document('runs', 'resume', runId())).toMatchObject({ runId: runId(), status: 'finished', total: 8 });
    const { code, stderr } = await run('runs', 'resume', runId(), '--engines', '2');
    expect(code).toBe(0);
    expect(stderr).toContain('warning: Other engines or GPUs change nothing: the run is finished.');
  });

  it('show their plan, categories and manifest', async () => {
    const shown = await document('runs', 'show', runId());
    expect(shown).toMatchObject({ runId: runId(), modelPath: model, datasetPath: dataset });
    expect(shown['categories']).toContainEqual(expect.objectContaining({ path: [], total: 8 }));
    expect(shown['manifest']).toBeTypeOf('object');
  });

  it('verify at batch size 1', async () => {
    const report = await document('runs', 'verify', runId(), '--count', '3');
    expect(report).toMatchObject({ checked: 3, sameAnswer: 3, samePatches: 3, differing: [] });
  });

  it('compare question by question', async () => {
    const other = await document(...evaluation, '--intervention', 'random-patches', '--limit', '4');
    const comparison = await document('runs', 'compare', runId(), String(other['runId']));
    expect(comparison).toMatchObject({ onlyInA: 4, onlyInB: 0 });
    expect(comparison['methods']).toMatchObject({ baselineRunId: runId(), commonQuestions: 4 });
    const both = ['runs', 'compare', runId(), String(other['runId'])];
    const turned = await document(...both, '--baseline', both[3] ?? '', '--published', 'chameleon-7b/scienceqa');
    expect(turned).toMatchObject({ runIdA: other['runId'], runIdB: runId(), onlyInA: 0, onlyInB: 4 });
    expect(turned['methods']).toMatchObject({ baselineRunId: other['runId'] });
    expect(turned['paper']).toMatchObject({
      backbone: 'Chameleon-7B',
      dataset: 'ScienceQA',
      source: 'arXiv 2510.12603',
    });
    const unknown = await run(...both, '--published', 'LLaVA');
    expect(unknown).toMatchObject({ code: 2 });
    // The demo's dataset is none of the paper's.
    const guessed = await run(...both, '--published');
    expect(guessed).toMatchObject({ code: 2, stderr: expect.stringContaining('--published Qwen2-VL-7B/M3CoT') });
    const { code, stdout } = await run('runs', 'compare', runId(), String(other['runId']));
    expect(code).toBe(0);
    expect(stdout).toContain('4 only in A');
    // More than two names: the main table over the questions that all of them hold.
    const table = await document('runs', 'compare', runId(), String(other['runId']), runId());
    expect(table).toMatchObject({ baselineRunId: runId(), commonQuestions: 4, leftOut: 4 });
    expect(table['rows']).toMatchObject([
      { runId: runId(), intervention: 'none', againstBaseline: null },
      { runId: other['runId'], intervention: 'random-patches', questionCount: 4 },
    ]);
  });

  it('travel as one file into another store, and can be deleted there', async () => {
    const packed = join(folder, 'run.penumbra');
    expect(await document('runs', 'pack', runId(), packed)).toMatchObject({ file: packed });
    const elsewhere = ['--store', join(folder, 'elsewhere.sqlite')];
    const unpacked = await runPenumbra(['runs', 'unpack', packed, '--json', ...elsewhere], { dataFolder: folder });
    expect(JSON.parse(unpacked.stdout)).toMatchObject({ runId: runId(), total: 8 });
    const deleted = await runPenumbra(['runs', 'delete', runId(), ...elsewhere], { dataFolder: folder });
    expect(deleted).toMatchObject({ code: 0, stdout: `Deleted ${runId()}.\n` });
  });

  it('export what was asked for', async () => {
    const questions = join(folder, 'questions.csv');
    const patches = join(folder, 'patches.csv');
    const exported = await document('export', runId(), '--questions', questions, '--patches', patches);
    expect(exported['files']).toEqual([
      expect.objectContaining({ kind: 'questions', rowCount: 8 }),
      expect.objectContaining({ kind: 'patches', rowCount: 8 * 3 * 8 }),
    ]);
    expect(readFileSync(patches, 'utf8').split('\n')[0]?.trim()).toBe(
      'sample_id,step,rank,slot,grid_row,grid_column,x,y,width,height,score',
    );
  });
});

describe('the demo', { timeout: 180_000 }, () => {
  it('ends with a table, CSV files beside the store, and how to look at it', async () => {
    const { code, stdout, stderr } = await runPenumbra(['demo'], { dataFolder: folder });
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^all +612 /m);
    for (const name of ['questions.csv', 'categories.csv', 'patches.csv']) {
      const file = new RegExp(`^Wrote (.*${name})$`, 'm').exec(stdout)?.[1] ?? '';
      expect(file.startsWith(folder)).toBe(true);
      expect(existsSync(file)).toBe(true);
    }
    expect(stdout).toContain('npm start');
  });
});
