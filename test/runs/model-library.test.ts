/** The library of models through the API: a real store, real imports of small checkpoints, the real engine. */
import { cp, mkdir, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createCore, type Core } from '../../src/main/core/core.ts';
import { openConnection } from '../../src/main/store/connection.ts';
import type { Task } from '../../src/shared/task.ts';
import { goldenRoot } from '../support/golden.ts';
import { writeNominalBundle } from '../support/nominal-bundle.ts';
import { writeShapesDataset } from '../support/shapes-dataset.ts';
import { temporaryFolders } from '../support/temp-folder.ts';
import { importTiny } from '../support/tiny-bundles.ts';

const newFolder = temporaryFolders();
const source = join(goldenRoot, 'tiny-tied');
const cores: Core[] = [];

async function openLibrary() {
  const folder = await newFolder();
  const core = createCore({ storePath: join(folder, 'store.sqlite') });
  cores.push(core);
  return { folder, models: join(folder, 'models'), core, client: core.client };
}

async function ended({ client }: Pick<Core, 'client'>, { taskId }: Task): Promise<Task> {
  for (;;) {
    const task = (await client.tasks.list()).tasks.find((each) => each.taskId === taskId);
    if (task === undefined) throw new Error('the task is gone');
    if (task.status !== 'running') return task;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

afterEach(async () => {
  for (const core of cores.splice(0)) await core.close();
});

describe('importing', () => {
  it('under a name of one’s own goes to a folder of that name', async () => {
    const { models, client } = await openLibrary();
    const input = { source, name: ' My model: 2 ', precision: 'int8' } as const;
    expect((await client.models.plan(input)).out).toBe(join(models, 'My-model-2-int8'));
    const task = await ended({ client }, await client.models.startImport(input));
    expect(task.result?.path).toBe(join(models, 'My-model-2-int8'));
    expect((await client.models.list()).models.map(({ name }) => name)).toEqual(['My model: 2 (int8)']);
  });

  it('puts the bundle into the program’s folder, checks it, and keeps the report', async () => {
    const { models, client } = await openLibrary();
    const plan = await client.models.plan({ source, precision: 'int8' });
    expect(plan).toMatchObject({ out: join(models, 'tiny-tied-int8'), outExists: false, name: 'tiny-tied' });
    const task = await ended({ client }, await client.models.startImport({ source, precision: 'int8' }));
    expect(task).toMatchObject({ status: 'done', kind: 'model-import', failure: null });
    expect(task.result?.path).toBe(plan.out);
    const { models: known, diskBytes } = await client.models.list();
    expect(known).toHaveLength(1);
    const model = known[0];
    expect(model).toMatchObject({
      fingerprint: task.result?.modelFingerprint,
      name: 'tiny-tied (int8)',
      path: plan.out,
      exists: true,
      runCount: 0,
      secondsPerQuestion: null,
      isDemo: false,
      report: { answers: true, failure: null, device: 'cpu', selfTest: 'passed' },
    });
    expect(model?.report?.loadSeconds).toBeGreaterThan(0);
    expect(model?.report?.secondsPerQuestion).toBeGreaterThan(0);
    // A process with a runtime and a model of a few hundred kilobytes.
    expect(model?.report?.memoryBytes).toBeGreaterThan(50e6);
    expect(model?.report?.memoryBytes).toBeLessThan(2e9);
    expect(model?.report?.weightError?.overall).toBeGreaterThan(0);
    expect(model?.bundle).not.toHaveProperty('sources');
    const sizes = await Promise.all(
      (await readdir(plan.out)).map(async (name) => (await stat(join(plan.out, name))).size),
    );
    expect(diskBytes).toBe(sizes.reduce((sum, size) => sum + size, 0));
    expect((await client.models.plan({ source, precision: 'int8' })).outExists).toBe(true);
  }, 60_000);

  it('cancelled, leaves nothing behind', async () => {
    const { models, client } = await openLibrary();
    const task = await client.models.startImport({ source, precision: 'f32' });
    expect(await client.tasks.cancel({ taskId: task.taskId })).toMatchObject({ status: 'cancelled', failure: null });
    expect(await readdir(models).catch(() => [])).toEqual([]);
    expect((await client.models.list()).models).toEqual([]);
  });

  it('does not replace anything unasked, and says so as a failure of the task', async () => {
    const { models, client } = await openLibrary();
    const out = join(models, 'mine');
    await mkdir(out, { recursive: true });
    await writeFile(join(out, 'thesis.txt'), 'precious');
    const task = await ended(
      { client },
      await client.models.startImport({ source, precision: 'f32', out, replace: true }),
    );
    expect(task).toMatchObject({ status: 'failed', failure: { kind: 'wrong-usage', file: out } });
    expect(await readdir(out)).toEqual(['thesis.txt']);
  });

  it('closing the program stops an import cleanly', async () => {
    const { models, core, client } = await openLibrary();
    await client.models.startImport({ source, precision: 'f32' });
    await core.close();
    expect(await readdir(models).catch(() => [])).toEqual([]);
  });

  it('prepares the demo model once', async () => {
    const { models, client } = await openLibrary();
    const first = await ended({ client }, await client.models.startDemoImport());
    expect(first).toMatchObject({ status: 'done', result: { path: join(models, 'demo-f32') } });
    const madeAt = (await stat(join(models, 'demo-f32', 'bundle.json'))).mtimeMs;
    const second = await ended({ client }, await client.models.startDemoImport());
    expect(second).toMatchObject({ status: 'done', result: { modelFingerprint: first.result?.modelFingerprint } });
    expect((await stat(join(models, 'demo-f32', 'bundle.json'))).mtimeMs).toBe(madeAt);
    expect((await client.models.list()).models).toMatchObject([{ isDemo: true, report: { answers: true } }]);
    expect((await client.system.info()).demoModel).toBe(join(models, 'demo-f32'));
  }, 60_000);
});

it('an import does not replace the model that a run was planned with', async () => {
  const { folder, models, client } = await openLibrary();
  await ended({ client }, await client.models.startDemoImport());
  const out = join(models, 'demo-f32');
  const dataset = join(folder, 'dataset');
  await writeShapesDataset(dataset, 2);
  const first = await client.runs.start({ dataset, model: out, settings: { maxTokens: 4 } });
  const waiting = await client.runs.start({ dataset, model: out, settings: { maxTokens: 5 } });
  const refused = await ended(
    { client },
    await client.models.startImport({ source, precision: 'f32', out, replace: true }),
  );
  expect(refused).toMatchObject({ status: 'failed', failure: { kind: 'run-owned' } });
  for await (const _ of await client.runs.watch({ runId: waiting.runId }));
  const { runs } = await client.runs.list({});
  expect(new Map(runs.map(({ runId, status }) => [runId, status]))).toEqual(
    new Map([first, waiting].map(({ runId }) => [runId, 'finished'])),
  );
  const replaced = await ended(
    { client },
    await client.models.startImport({ source, precision: 'f32', out, replace: true }),
  );
  expect(replaced).toMatchObject({ status: 'done' });
}, 60_000);

describe('the list', () => {
  it('has bundles of the folder, those added, and those of runs; each once', async () => {
    const { folder, models, client } = await openLibrary();
    writeNominalBundle(join(models, 'own'), { fingerprint: 'own', name: 'own' });
    const elsewhere = writeNominalBundle(join(folder, 'elsewhere'), { fingerprint: 'else', name: 'elsewhere' });
    await client.models.add({ path: elsewhere });
    await client.models.add({ path: join(elsewhere, 'bundle.json') });
    await mkdir(join(models, 'no bundle'));
    const { models: known } = await client.models.list();
    expect(known.map(({ name }) => name).toSorted()).toEqual(['elsewhere (f32)', 'own (f32)']);
    await expect(client.models.add({ path: folder })).rejects.toMatchObject({ data: { kind: 'missing-file' } });
  });

  it('shows a folder that is gone as gone, and finds it again where it is added', async () => {
    const { folder, client } = await openLibrary();
    const path = writeNominalBundle(join(folder, 'here'));
    const { fingerprint } = await client.models.add({ path });
    await rename(path, join(folder, 'there'));
    expect((await client.models.list()).models).toMatchObject([{ fingerprint, exists: false, bundle: null }]);
    await client.models.add({ path: join(folder, 'there') });
    expect((await client.models.list()).models).toMatchObject([{ fingerprint, exists: true }]);
  });

  it('shows a bundle that cannot be read with its failure', async () => {
    const { folder, client } = await openLibrary();
    const path = writeNominalBundle(join(folder, 'here'));
    await client.models.add({ path });
    await writeFile(join(path, 'bundle.json'), '{"bundleVersion": 99}');
    expect((await client.models.list()).models).toMatchObject([
      { exists: true, bundle: null, failure: { kind: 'malformed-bundle' } },
    ]);
  });

  it('a check says why a bundle does not answer', async () => {
    const { folder, client } = await openLibrary();
    const { fingerprint } = await client.models.add({ path: writeNominalBundle(join(folder, 'no graphs')) });
    const task = await ended({ client }, await client.models.startCheck({ fingerprint }));
    expect(task.status).toBe('done');
    const [model] = (await client.models.list()).models;
    expect(model?.report).toMatchObject({ answers: false, selfTest: 'passed', secondsPerQuestion: null });
    expect(model?.report?.failure?.kind).toMatch(/missing-file|malformed-tokenizer|malformed-bundle/);
    await expect(client.models.startCheck({ fingerprint: 'nothing' })).rejects.toMatchObject({
      data: { kind: 'not-found' },
    });
  }, 60_000);
});

describe('deleting', () => {
  it('removes what the program made, and nothing else of the folder', async () => {
    const { models, client } = await openLibrary();
    const out = join(models, 'made');
    const { bundle } = await importTiny('tiny-tied', out);
    await cp(out, join(models, 'with-notes'), { recursive: true });
    const sizes = await Promise.all((await readdir(out)).map(async (name) => (await stat(join(out, name))).size));
    const deleted = await client.models.delete({ fingerprint: bundle.fingerprint });
    expect(deleted.deletedBytes).toBe(sizes.reduce((sum, size) => sum + size, 0));
    expect(await readdir(models)).toEqual(['with-notes']);
  });

  it('only forgets what lies elsewhere or holds something of the user’s', async () => {
    const { folder, models, client } = await openLibrary();
    const elsewhere = writeNominalBundle(join(folder, 'elsewhere'), { fingerprint: 'else' });
    const mixed = writeNominalBundle(join(models, 'mixed'), { fingerprint: 'mixed' });
    await writeFile(join(mixed, 'notes.txt'), 'mine');
    await client.models.add({ path: elsewhere });
    for (const fingerprint of ['else', 'mixed']) {
      expect(await client.models.delete({ fingerprint })).toEqual({ fingerprint, deletedBytes: 0 });
    }
    expect(await readdir(elsewhere)).toEqual(['bundle.json']);
    expect((await readdir(mixed)).toSorted()).toEqual(['bundle.json', 'notes.txt']);
    expect((await client.models.list()).models).toEqual([]);
    // Added again, it is back.
    await client.models.add({ path: mixed });
    expect((await client.models.list()).models).toMatchObject([{ fingerprint: 'mixed' }]);
  });

  it('refuses while a run uses it; afterwards the run stays without its model', async () => {
    const { folder, models, core, client } = await openLibrary();
    const task = await ended({ client }, await client.models.startDemoImport());
    const fingerprint = task.result?.modelFingerprint ?? '';
    const dataset = join(folder, 'dataset');
    await writeShapesDataset(dataset, 2);
    const run = await client.runs.start({
      dataset,
      model: join(models, 'demo-f32'),
      settings: { maxTokens: 4 },
    });
    await expect(client.models.delete({ fingerprint })).rejects.toMatchObject({ data: { kind: 'run-owned' } });
    for await (const _ of await client.runs.watch({ runId: run.runId }));
    const [model] = (await client.models.list()).models;
    expect(model).toMatchObject({ runCount: 1 });
    const connection = openConnection(core.storePath, { readOnly: true, mustExist: true, busyTimeoutMs: 1000 });
    const [mean] = connection.all<{ seconds: number }>('SELECT avg(total_ms) / 1000 AS seconds FROM predictions');
    connection.close();
    expect(model?.secondsPerQuestion).toBeCloseTo(mean?.seconds ?? 0, 6);
    await client.models.delete({ fingerprint });
    expect(await readdir(models)).toEqual([]);
    expect((await client.runs.list({})).runs).toMatchObject([{ runId: run.runId, modelFingerprint: fingerprint }]);
  }, 60_000);
});
