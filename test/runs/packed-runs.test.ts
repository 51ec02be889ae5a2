/** Runs that travel as one file, and files that only claim to be one. */
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { RunService } from '../../src/main/runs/run-service.ts';
import { openStore } from '../../src/main/store/store.ts';
import type { FailureKind } from '../../src/shared/failure.ts';
import type { RunSettingsInput } from '../../src/shared/run-settings.ts';
import { answerOf } from '../support/answer-of.ts';
import { expectFailure } from '../support/expect-failure.ts';
import { follow, type Workplace } from '../support/run-workplace.ts';
import { sampleIdOf } from '../support/small-dataset.ts';
import { temporaryFolders } from '../support/temp-folder.ts';
import { temporaryWorkplaces } from '../support/temporary-workplaces.ts';

const newFolder = temporaryFolders();
const workplaceOf = temporaryWorkplaces();

async function packedRun(place: Workplace): Promise<{ runs: RunService; runId: string; file: string }> {
  const { runs } = place.open();
  const { runId } = await runs.start(place.request());
  await follow(runs, runId);
  const file = join(place.folder, 'run.penumbra');
  const { sizeBytes, imagesLeftOut } = await runs.pack({ runId, file });
  expect(imagesLeftOut).toBe(0);
  expect(sizeBytes).toBe(readFileSync(file).length);
  return { runs, runId, file };
}

describe('a packed run', () => {
  it('opens in another store with patches and pictures, without its dataset', async () => {
    const place = await workplaceOf(9);
    const { runs, runId, file } = await packedRun(place);
    const summary = (await runs.show({ runId })).run;
    const sampleId = sampleIdOf(4);
    const detail = await runs.getQuestion({ runId, sampleId, where: [] });
    const image = await runs.readRunImage(runId, sampleId);
    rmSync(place.dataset, { recursive: true });
    rmSync(place.model, { recursive: true });

    const laptop = await workplaceOf(1);
    const { runs: there, store } = laptop.open();
    expect(await there.unpack({ file })).toEqual(summary);
    expect(await there.getQuestion({ runId, sampleId, where: [] })).toEqual(detail);
    expect(Buffer.from(await there.readRunImage(runId, sampleId)).equals(image)).toBe(true);
    expect(store.checkIntegrity()).toBe('ok');
    await expectFailure(() => there.unpack({ file }), 'nothing-to-do');
    await there.remove({ runId });
    expect((await there.unpack({ file })).runId).toBe(runId);
    // It travels on from there too.
    const onward = join(laptop.folder, 'again.penumbra');
    await there.pack({ runId, file: onward });
    const { runs: third } = (await workplaceOf(1)).open();
    await third.unpack({ file: onward });
    expect((await third.readRunImage(runId, sampleId)).length).toBe(image.length);
  });

  it('brings calls, the masses of their tokens, regions and remarks', async () => {
    const place = await workplaceOf(9);
    const { runs } = place.open();
    const { runId } = await runs.start(place.request({ settings: { method: 'cot' } }));
    await follow(runs, runId);
    const file = join(place.folder, 'run.penumbra');
    await runs.pack({ runId, file });
    const { runs: there, store } = (await workplaceOf(1)).open();
    await there.unpack({ file });
    let remarks = 0;
    for (let index = 0; index < 9; index += 1) {
      const request = { runId, sampleId: sampleIdOf(index), where: [] };
      const { prediction } = await runs.getQuestion(request);
      const calls = answerOf(prediction).trace?.calls ?? [];
      expect(calls.map(({ visionMasses }) => visionMasses.length)).toEqual(
        calls.map(({ outputTokenCount }) => outputTokenCount),
      );
      remarks += answerOf(prediction).trace?.remarks.length ?? 0;
      expect((await there.getQuestion(request)).prediction).toEqual(prediction);
    }
    expect(remarks).toBeGreaterThan(0);
    expect(await there.attention({ runId, where: [] })).toEqual(await runs.attention({ runId, where: [] }));
    expect(store.checkIntegrity()).toBe('ok');
  });

  it('brings what was tried again on its questions, in order', async () => {
    const place = await workplaceOf(4);
    const { runs } = place.open();
    const { runId } = await runs.start(place.request());
    await follow(runs, runId);
    const never = new AbortController().signal;
    const attempt = (index: number, settings: RunSettingsInput) =>
      runs.tryQuestion({ runId, sampleId: sampleIdOf(index), settings }, never);
    await attempt(3, { latentSteps: 1 });
    await attempt(1, { seed: 5 });
    await attempt(3, { patchesPerStep: 2 });
    const file = join(place.folder, 'run.penumbra');
    await runs.pack({ runId, file });
    const laptop = await workplaceOf(1);
    const { runs: there } = laptop.open();
    await there.unpack({ file });
    const here = storedProbes(place.storePath);
    expect(here.map(({ sample_id }) => sample_id)).toEqual([3, 1, 3].map(sampleIdOf));
    expect(storedProbes(laptop.storePath)).toEqual(here);
    // Deleting the run takes them along, so that it can come in again.
    await there.remove({ runId });
    expect(storedProbes(laptop.storePath)).toEqual([]);
    await there.unpack({ file });
    expect(storedProbes(laptop.storePath)).toEqual(here);
  });

  it('is itself a store', async () => {
    const { file, runId } = await packedRun(await workplaceOf(3));
    const store = openStore(file, { readOnly: true });
    expect(store.runs.list(5, 0).map((run) => run.runId)).toEqual([runId]);
    store.close();
  });

  it('that is not finished arrives paused', async () => {
    const place = await workplaceOf(20);
    const { runs } = place.open({ batchMs: 100 });
    const { runId } = await runs.start(place.request());
    for await (const event of runs.watch({ runId })) if (event.done > 0) break;
    const file = join(place.folder, 'run.penumbra');
    await runs.pack({ runId, file });
    const { runs: there } = (await workplaceOf(1)).open();
    const arrived = await there.unpack({ file });
    expect(arrived.status).toBe('paused');
    expect(arrived.total).toBeGreaterThan(0);
  });

  it('leaves no half file where it cannot be written', async () => {
    const { runs, runId } = await packedRun(await workplaceOf(2));
    const folder = await newFolder();
    writeFileSync(join(folder, 'file'), '');
    await expectFailure(() => runs.pack({ runId, file: join(folder, 'file', 'run.penumbra') }), 'missing-file');
    expect(readdirSync(folder)).toEqual(['file']);
  });
});

type ProbeRow = Readonly<{ sample_id: string }>;

/** Everything of the probes but the store's own row numbers. */
function storedProbes(path: string): ProbeRow[] {
  const database = new Database(path, { readonly: true });
  try {
    return database
      .prepare<[], ProbeRow>(
        `SELECT sample_id, position, probe_id, probes.created_at, probes.settings, probes.prediction FROM probes
         JOIN predictions USING (prediction_row) JOIN samples USING (sample_row) ORDER BY probe_row`,
      )
      .all();
  } finally {
    database.close();
  }
}

/** What an enemy or a bad disk makes of a packed run. */
const damages: readonly (readonly [string, FailureKind, (database: Database.Database) => void])[] = [
  ['another mark', 'store-damaged', (database) => void database.pragma('application_id = 7')],
  ['a newer version', 'store-too-new', (database) => void database.pragma('user_version = 1000')],
  [
    'a table replaced by a view',
    'store-damaged',
    (database) => void database.exec('DROP TABLE notes; CREATE VIEW notes AS SELECT 1 AS prediction_row'),
  ],
  ['no run', 'store-damaged', (database) => void database.exec('DELETE FROM scores; DELETE FROM runs')],
  [
    'a second run',
    'store-damaged',
    (database) =>
      void database.exec(
        `CREATE TEMP TABLE copy AS SELECT * FROM runs; UPDATE copy SET run_row = 99, run_id = 'OTHER'; INSERT INTO runs SELECT * FROM copy`,
      ),
  ],
  [
    'an answer to a question that is not planned',
    'store-damaged',
    (database) => void database.exec('PRAGMA foreign_keys = OFF; DELETE FROM planned_questions WHERE position = 1'),
  ],
  [
    'a hole in the plan',
    'store-damaged',
    (database) =>
      void database.exec(
        'DELETE FROM scores WHERE position = 1; DELETE FROM predictions WHERE position = 1; DELETE FROM planned_questions WHERE position = 1',
      ),
  ],
  [
    'a stranger in the place of a sample',
    'store-damaged',
    (database) => void database.exec('PRAGMA foreign_keys = OFF; DELETE FROM samples WHERE sample_row = 2'),
  ],
  [
    'choices that are no list',
    'store-damaged',
    (database) => void database.exec(`UPDATE samples SET choices = '{"a": 1}'`),
  ],
  [
    'an image outside the folder by another kind',
    'store-damaged',
    (database) => void database.exec(`UPDATE samples SET image = '{"kind": "url", "path": "http://x"}'`),
  ],
  [
    'settings out of range',
    'store-damaged',
    (database) => void database.exec(`UPDATE runs SET settings = '{"latentSteps": -1}'`),
  ],
  [
    'a run id that is a path',
    'store-damaged',
    (database) => void database.exec(`UPDATE runs SET run_id = '../../etc/passwd'`),
  ],
  [
    'patches of an unknown kind',
    'store-damaged',
    (database) => void database.exec(`UPDATE latent_step_patches SET selected_slots = x'63010203'`),
  ],
  [
    'a probe whose id is no id',
    'store-damaged',
    (database) =>
      void database.exec(
        `INSERT INTO probes (probe_id, prediction_row, created_at, settings, prediction)
         SELECT 'x', 1, '2026-01-01T00:00:00.000Z', settings, '{"status": "failed", "sampleId": "x", "failure": {"kind": "missing-image", "message": ""}}'
         FROM runs`,
      ),
  ],
  [
    'a probe without settings',
    'store-damaged',
    (database) =>
      void database.exec(
        `INSERT INTO probes (probe_id, prediction_row, created_at, settings, prediction)
         VALUES ('7b0e3c0e-94e7-4b6c-8ac1-0d6f4a7f5a11', 1, '2026-01-01T00:00:00.000Z', '{}', '{}')`,
      ),
  ],
  ['a trace that is no trace', 'store-damaged', (database) => void database.exec(`UPDATE outputs SET trace = '[]'`)],
  [
    'an image that is text',
    'store-damaged',
    (database) =>
      void database.exec(
        `DROP TABLE packed_images; CREATE TABLE packed_images (sample_row INTEGER PRIMARY KEY, bytes BLOB NOT NULL); INSERT INTO packed_images SELECT sample_row, 'text' FROM samples`,
      ),
  ],
];

describe('a file that claims to be a packed run', () => {
  it.each(damages)('with %s: %s', async (_, kind, damage) => {
    const { file } = await packedRun(await workplaceOf(4));
    const database = new Database(file);
    damage(database);
    database.close();
    const { runs, store } = (await workplaceOf(1)).open();
    await expectFailure(() => runs.unpack({ file }), kind);
    expect((await runs.list({ limit: 1, offset: 0 })).total).toBe(0);
    expect(store.checkIntegrity()).toBe('ok');
  });

  it('cut off, not a database, or not there', async () => {
    const { file, runs } = await packedRun(await workplaceOf(4));
    const bytes = readFileSync(file);
    writeFileSync(`${file}.cut`, bytes.subarray(0, bytes.length / 2));
    writeFileSync(`${file}.text`, 'run');
    copyFileSync(file, `${file}.page`);
    writeFileSync(`${file}.page`, bytes.fill(0xaa, 8192, bytes.length - 8192));
    await expectFailure(() => runs.unpack({ file: `${file}.cut` }), 'store-damaged');
    await expectFailure(() => runs.unpack({ file: `${file}.text` }), 'store-damaged');
    await expectFailure(() => runs.unpack({ file: `${file}.page` }), 'store-damaged');
    await expectFailure(() => runs.unpack({ file: `${file}.none` }), 'not-found');
  });
});
