/** Two real engine processes on the CPU give what one gives, to the last bit; one of them killed changes nothing. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isAlive } from '../../src/main/files/process-alive.ts';
import { createForkEngineHost } from '../../src/main/runs/engine-host.ts';
import { createRunService, type RunService } from '../../src/main/runs/run-service.ts';
import { openStore, type Store } from '../../src/main/store/store.ts';
import { evaluationRequestSchema, type EvaluationRequest } from '../../src/shared/contract/runs.ts';
import type { RunSettingsInput } from '../../src/shared/run-settings.ts';
import { answeredRows } from '../support/answered-rows.ts';
import { follow } from '../support/run-workplace.ts';
import { writeSmallDataset } from '../support/small-dataset.ts';
import { temporaryFolders } from '../support/temp-folder.ts';
import { importTiny } from '../support/tiny-bundles.ts';

const entry = fileURLToPath(new URL('../../src/main/methods/engine-entry.ts', import.meta.url));
const newFolder = temporaryFolders();
const questionCount = 24;
let storePath: string;
let store: Store;
let runs: RunService;
let requestWith: (settings: RunSettingsInput) => EvaluationRequest;
/** Engine processes in the order in which they were started. */
const started: number[] = [];

beforeAll(async () => {
  const folder = await newFolder();
  const dataset = writeSmallDataset(join(folder, 'dataset'), { questionCount });
  const model = join(folder, 'model');
  await importTiny('tiny-tied', model);
  storePath = join(folder, 'store.sqlite');
  store = openStore(storePath);
  const engineHost = createForkEngineHost({ entry, onStart: (pid) => started.push(pid) });
  runs = createRunService({ store, engineHost, version: '0.0.0-test' });
  const settings = { latentSteps: 3, patchesPerStep: 4, maxTokens: 6, batchSize: 3 };
  requestWith = (more) => evaluationRequestSchema.parse({ dataset, model, settings: { ...settings, ...more } });
});
afterAll(async () => {
  await runs.close();
  store.close();
});

/** Follows a run to its end; `meanwhile` comes right after its first batch was recorded. */
async function runWith(settings: RunSettingsInput, meanwhile?: () => void): Promise<string> {
  const { runId } = await runs.start(requestWith(settings));
  const runRow = store.runs.find(runId)?.runRow ?? 0;
  if (meanwhile !== undefined) {
    while (store.predictions.pendingCount(runRow) === questionCount) {
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    meanwhile();
  }
  await follow(runs, runId);
  return runId;
}

describe('two engines', () => {
  it('answer bit for bit as one does, also when one of them is killed in the middle', async () => {
    await runWith({});
    const alone = answeredRows(storePath);
    expect(alone.rows).toHaveLength(questionCount);
    expect(alone.patches).toHaveLength(3 * questionCount);

    started.length = 0;
    const pair = await runWith({ engines: 2 });
    expect(started).toHaveLength(2);
    expect((await runs.show({ runId: pair })).run).toMatchObject({ status: 'finished', failed: 0 });
    expect(answeredRows(storePath)).toEqual(alone);

    // The engines of before are still loaded and serve this run, until one is gone.
    const [victim, survivor] = started;
    const disturbed = await runWith({ engines: 2 }, () => process.kill(victim ?? 0, 'SIGKILL'));
    expect((await runs.show({ runId: disturbed })).run).toMatchObject({ status: 'finished', failed: 0 });
    expect(answeredRows(storePath).rows).toEqual(alone.rows);
    expect([isAlive(victim ?? 0), isAlive(survivor ?? 0)]).toEqual([false, true]);
    expect(started).toHaveLength(3);
  });

  it('end at once when their run is stopped at once', async () => {
    started.length = 0;
    const { runId } = await runs.start(requestWith({ engines: 2, maxTokens: 400, batchSize: 12 }));
    for await (const { phase } of runs.watch({ runId })) if (phase === 'answering') break;
    const { status } = await runs.pause({ runId, force: true });
    expect(status).toBe('paused');
    for (const pid of started) expect(isAlive(pid), String(pid)).toBe(false);
    await runs.resume({ runId, engines: 1 });
    await follow(runs, runId);
    expect((await runs.show({ runId })).run).toMatchObject({ status: 'finished', total: questionCount, failed: 0 });
  });
});
