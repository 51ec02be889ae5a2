/** Ctrl+C and its relatives during an evaluation: nothing answered is lost, and the run goes on where it stopped. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { isolatedEnvironment, penumbraScript, randomCheckpoint, runPenumbra } from '../support/run-penumbra.ts';
import { writeShapesDataset } from '../support/shapes-dataset.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const folder = await temporaryFolders()();
const dataset = join(folder, 'dataset');
const model = join(folder, 'model');
/** Enough that the signals come while some are left, on a machine that delivers them a second late. */
const questionCount = 100;

beforeAll(async () => {
  await writeShapesDataset(dataset, questionCount);
  const imported = await runPenumbra(['model', 'import', randomCheckpoint, '--out', model], { dataFolder: folder });
  expect(imported.code, imported.stderr).toBe(0);
});

type Ended = Readonly<{ code: number | null; stdout: string; stderr: string }>;

/** Evaluates one question a batch and sends the signals, one after the other, once answers come in. */
function evaluateUntil(
  store: string,
  signals: readonly NodeJS.Signals[],
  pauseMs: number,
  more: readonly string[] = [],
): Promise<Ended> {
  const settings = ['--batch-size', '1', '--max-tokens', '48', '--json', ...more];
  const child = spawn(
    process.execPath,
    [penumbraScript, 'eval', '--dataset', dataset, '--model', model, '--store', store, ...settings],
    { env: isolatedEnvironment({ dataFolder: folder }), stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let stdout = '';
  let stderr = '';
  let sent = false;
  child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
  child.stderr.on('data', (text: Buffer) => {
    stderr += text.toString();
    if (sent || !stderr.includes('answering')) return;
    sent = true;
    for (const [index, signal] of signals.entries()) setTimeout(() => child.kill(signal), 200 + index * pauseMs);
  });
  // As a shell reports it: a signal that comes when Node has taken its handlers down ends the process by itself, and all is written by then.
  const status = (code: number | null, signal: NodeJS.Signals | null): number | null =>
    signal === null ? code : 128 + constants.signals[signal];
  return new Promise((resolve) =>
    child.on('close', (code, signal) => resolve({ code: status(code, signal), stdout, stderr })),
  );
}

async function expectResumable(
  { code, stdout, stderr }: Ended,
  store: string,
  more: readonly string[] = [],
): Promise<void> {
  expect(code, stderr).toBe(130);
  const paused = JSON.parse(stdout) as { runId: string; status: string; total: number };
  expect(paused.status).toBe('paused');
  expect(paused.total).toBeLessThan(questionCount);
  expect(stderr).toContain(`penumbra runs resume ${paused.runId}`);
  const resumed = await runPenumbra(['runs', 'resume', paused.runId, '--store', store, '--json', ...more], {
    dataFolder: folder,
  });
  expect(resumed.code, resumed.stderr).toBe(0);
  expect(JSON.parse(resumed.stdout)).toMatchObject({ status: 'finished', total: questionCount, failed: 0 });
}

const onPosix = describe.skipIf(process.platform === 'win32');

// Windows has no signals that a test could send to one process.
onPosix('an interrupted evaluation', { timeout: 180_000 }, () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'pauses after the batch on %s and can be resumed',
    async (signal) => {
      const store = join(folder, `${signal}.sqlite`);
      const ended = await evaluateUntil(store, [signal], 0);
      expect(ended.stderr).toContain('Pausing after the batch');
      await expectResumable(ended, store);
    },
  );

  it('takes a repetition within a moment for the same Ctrl+C', async () => {
    const store = join(folder, 'repeated.sqlite');
    const ended = await evaluateUntil(store, ['SIGINT', 'SIGINT'], 5);
    expect(ended.stderr).not.toContain('Stopping at once');
    await expectResumable(ended, store);
  });

  it('stops at once on a second SIGINT', async () => {
    const store = join(folder, 'twice.sqlite');
    const ended = await evaluateUntil(store, ['SIGINT', 'SIGINT'], 450);
    expect(ended.code).toBe(130);
    await expectResumable(ended, store);
  });

  it('stops both of its engines at once on a second SIGINT, and goes on with one', async () => {
    const store = join(folder, 'two-engines.sqlite');
    const ended = await evaluateUntil(store, ['SIGINT', 'SIGINT'], 450, ['--engines', '2', '--device', 'cpu']);
    expect(ended.code).toBe(130);
    await expectResumable(ended, store, ['--engines', '1']);
  });
});

onPosix('an interrupted command with --json', () => {
  it('prints one document: its result, or that it was interrupted', { timeout: 120_000 }, async () => {
    const file = join(folder, 'many.jsonl');
    const row = { choices: ['red', 'blue'], answer: 'A', domain: 'science', topic: 'colours' };
    const lines = Array.from({ length: 60_000 }, (_, index) =>
      JSON.stringify({ id: `q-${String(index)}`, ...row, messages: ['Which?', 'The answer is (A).'] }),
    );
    await writeFile(file, `${lines.join('\n')}\n`);
    const store = join(folder, 'interrupted-import.sqlite');
    const child = spawn(process.execPath, [penumbraScript, 'predictions', 'import', file, '--store', store, '--json'], {
      env: isolatedEnvironment({ dataFolder: folder }),
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let stdout = '';
    child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
    // The store appears when the import is under way.
    while (!existsSync(store)) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGINT');
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ error: { kind: 'cancelled' } });
    const listed = await runPenumbra(['runs', 'list', '--store', store, '--json'], { dataFolder: folder });
    expect(JSON.parse(listed.stdout)).toMatchObject({ runs: [] });
  });
});
