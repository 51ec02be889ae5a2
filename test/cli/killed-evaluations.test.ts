/**
 * Safety of data with the real program and the real engine: an evaluation is killed (SIGKILL) at 50 moments and
 * resumed each time. At the end every question is answered exactly once, the database is whole, and the answers are
 * those of an undisturbed run. (test/runs/killed-runs.test.ts does the same to the run service alone.)
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { isolatedEnvironment, repositoryRoot, runPenumbra } from '../support/run-penumbra.ts';
import { writeShapesDataset } from '../support/shapes-dataset.ts';
import { irregularNumbers } from '../support/stored-rows.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const folder = await temporaryFolders()();
const dataset = join(folder, 'dataset');
const model = join(folder, 'model');
const killCount = 50;
const questionCount = 900;
/** Answering before a kill, at most; less as fewer questions are left, so that no life finishes the run. */
const longestLifeMs = 220;

const main = join(repositoryRoot, 'src', 'main', 'cli', 'main.ts');
const settings = ['--batch-size', '2', '--max-tokens', '3', '--json'];
const evaluation = (store: string): string[] =>
  ['eval', '--dataset', dataset, '--model', model, '--store', store].concat(settings);

/**
 * Starts the program and kills it: some time after its start, or after its first batches. What it said is the result
 * if it ended before that, else null.
 */
async function liveAndDie(args: readonly string[], momentMs: number, duringStart: boolean): Promise<string | null> {
  const child = spawn(process.execPath, [main, ...args], {
    env: isolatedEnvironment({ dataFolder: folder }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close');
  let heard = '';
  const answering = new Promise<void>((resolve) => {
    child.stderr.on('data', (text: Buffer) => {
      heard += text.toString();
      if (heard.includes('answering')) resolve();
    });
  });
  child.stdout.on('data', (text: Buffer) => (heard += text.toString()));
  if (!duringStart) await Promise.race([answering, ended]);
  await new Promise((resolve) => setTimeout(resolve, momentMs));
  child.kill('SIGKILL');
  await ended;
  return child.exitCode === null ? null : heard;
}

/** Question, text and patches of every answer, in order; times and the last bits of scores are a run's own. */
function answersOf(store: string): unknown[] {
  if (!existsSync(store)) return [];
  const database = new Database(store, { readonly: true });
  const rows = database
    .prepare(
      `SELECT sample_id, output_text, (SELECT group_concat(hex(selected_slots)) FROM latent_step_patches AS patches
         WHERE patches.prediction_row = predictions.prediction_row) AS slots
       FROM predictions JOIN samples USING (sample_row) JOIN outputs USING (prediction_row) ORDER BY position`,
    )
    .all();
  database.close();
  return rows;
}

// Windows has no SIGKILL; there the run service's own test stands for this one.
describe.skipIf(process.platform === 'win32')('an evaluation that is killed', () => {
  it(`${String(killCount)} times ends like one that was not`, { timeout: 400_000 }, async () => {
    await writeShapesDataset(dataset, questionCount);
    const checkpoint = join(repositoryRoot, 'resources', 'self-test', 'checkpoint');
    const imported = await runPenumbra(['model', 'import', checkpoint, '--out', model], { dataFolder: folder });
    expect(imported.code, imported.stderr).toBe(0);

    const store = join(folder, 'killed.sqlite');
    const random = irregularNumbers(11);
    let runId: string | undefined;
    const endedByThemselves: string[] = [];
    for (let kill = 0; kill < killCount; kill += 1) {
      runId ??= (await runIds(store))[0];
      const args = runId === undefined ? evaluation(store) : ['runs', 'resume', runId, '--store', store, '--json'];
      // Every fifth kill hits anywhere between the start of the process and its first batches.
      const duringStart = kill % 5 === 4;
      const leftShare = 1 - answersOf(store).length / questionCount;
      const momentMs = random() * (duringStart ? 900 : longestLifeMs * leftShare);
      const said = await liveAndDie(args, momentMs, duringStart);
      if (said !== null) endedByThemselves.push(said);
    }
    expect(endedByThemselves, 'lives that ended before their kill').toEqual([]);
    expect(await runIds(store), 'runs that the kills left behind').toEqual([runId]);
    const answered = answersOf(store).length;
    expect(answered, 'progress in spite of the kills').toBeGreaterThan(0);
    expect(answered).toBeLessThan(questionCount);

    const calm = join(folder, 'undisturbed.sqlite');
    const finished = await runPenumbra(['runs', 'resume', runId ?? '', '--store', store, '--json'], {
      dataFolder: folder,
    });
    const undisturbed = await runPenumbra(evaluation(calm), { dataFolder: folder });
    for (const { code, stdout, stderr } of [finished, undisturbed]) {
      expect(code, stderr).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ status: 'finished', total: questionCount, failed: 0 });
    }
    expect(answersOf(store)).toHaveLength(questionCount);
    expect(answersOf(store)).toEqual(answersOf(calm));

    const database = new Database(store);
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(database.pragma('foreign_key_check')).toEqual([]);
    database.close();
  });
});

async function runIds(store: string): Promise<string[]> {
  const { code, stdout, stderr } = await runPenumbra(['runs', 'list', '--store', store, '--json'], {
    dataFolder: folder,
  });
  if (code !== 0 && stdout.includes('not-found')) return [];
  expect(code, stderr).toBe(0);
  const { runs } = JSON.parse(stdout) as { runs: { runId: string }[] };
  return runs.map(({ runId }) => runId);
}
