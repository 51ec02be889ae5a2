import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openConnection } from '../../src/main/store/connection.ts';
import { latestSchemaVersion, migrate } from '../../src/main/store/migrations/migrate.ts';
import { openStore } from '../../src/main/store/store.ts';
import { answerOf } from '../support/answer-of.ts';
import { storeRunOfTest } from '../support/stored-rows.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const newFolder = temporaryFolders();
const connect = (path: string) => openConnection(path, { readOnly: false, mustExist: false, busyTimeoutMs: 1000 });
const earlier = Array.from({ length: latestSchemaVersion - 1 }, (_, index) => index + 1);

/** Columns that the first version had. */
const answerOfBefore = `
  INSERT INTO datasets (dataset_row, fingerprint, path, added_at) VALUES (1, 'x', '/x', '2026-01-01');
  INSERT INTO strata (stratum_row, split, domain, topic, category) VALUES (1, 'test', 'science', '', '');
  INSERT INTO samples (sample_row, dataset_row, sample_id, stratum_row, question, choices, context, rationale, attributes)
    VALUES (1, 1, 'old', 1, 'Why?', '["a", "b"]', '', '', '{}');
  INSERT INTO runs (run_row, run_id, kind, label, status, created_at, where_terms, rows_without_image, planned, scorer,
      environment, work_ms, suspects, revision, stop_requested)
    VALUES (1, 'OLD', 'evaluation', '', 'finished', '2026-01-01', '[]', 0, 1, 'strict', '{}', 0, '[]', 1, 0);
  INSERT INTO planned_questions (run_row, position, sample_row) VALUES (1, 0, 1);
  INSERT INTO predictions (prediction_row, run_row, position, sample_row, answered, has_trace) VALUES (1, 1, 0, 1, 1, 1);
  INSERT INTO outputs (prediction_row, output_text, trace)
    VALUES (1, 'A', '{"image":null,"promptTokenCount":9,"imageCount":0,"stoppedEarly":false}');
`;

describe('migrations', () => {
  it.each(earlier)('a store of version %i with rows opens and works', async (version) => {
    const path = join(await newFolder(), 'store.sqlite');
    const old = connect(path);
    migrate(old, version);
    old.run(`INSERT INTO saved_views (name, query, saved_at) VALUES ('mine', 'outcome=wrong', '2026-01-01')`);
    old.close();
    const store = openStore(path);
    expect(store.schemaVersion).toBe(latestSchemaVersion);
    expect(store.annotations.views()).toHaveLength(1);
    const runRow = storeRunOfTest(store, 3);
    store.samples.savePackedImage(store.samples.ofRun(runRow, 'sample-0')?.sampleRow ?? 0, new Uint8Array([1, 2]));
    expect(store.checkIntegrity()).toBe('ok');
    store.close();
  });

  it.each(earlier)('answers of version %i have no calls and no remarks', async (version) => {
    const path = join(await newFolder(), 'store.sqlite');
    const old = connect(path);
    migrate(old, version);
    old.execute(answerOfBefore);
    old.close();
    const store = openStore(path);
    const [stored] = store.predictions.after(1, -1, 10, { steps: 'all' });
    expect(answerOf(stored?.prediction).trace).toEqual({
      image: null,
      promptTokenCount: 9,
      imageCount: 0,
      stoppedEarly: false,
      steps: [],
      calls: [],
      regions: [],
      remarks: [],
    });
    expect(store.calls.purposes(1)).toEqual([]);
    store.close();
  });

  it('gives the same tables whether a store grew or was made new', async () => {
    const folder = await newFolder();
    const schemaOf = (path: string): unknown[] => {
      const connection = connect(path);
      const rows = connection.all('SELECT type, name, sql FROM sqlite_schema ORDER BY name');
      connection.close();
      return rows;
    };
    const grown = connect(join(folder, 'grown.sqlite'));
    for (let version = 1; version <= latestSchemaVersion; version += 1) migrate(grown, version);
    grown.close();
    openStore(join(folder, 'new.sqlite')).close();
    expect(schemaOf(join(folder, 'grown.sqlite'))).toEqual(schemaOf(join(folder, 'new.sqlite')));
  });

  it('several processes may open a new store at the same moment', async () => {
    const path = join(await newFolder(), 'store.sqlite');
    const script = fileURLToPath(new URL('../support/open-store-process.ts', import.meta.url));
    const processes = Array.from({ length: 6 }, () => spawn(process.execPath, [script, path]));
    const outputs = processes.map(async (each) => {
      let text = '';
      each.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
      await once(each, 'close');
      return text;
    });
    expect(await Promise.all(outputs)).toEqual(Array.from({ length: 6 }, () => 'opened'));
    const store = openStore(path);
    expect(store.checkIntegrity()).toBe('ok');
    store.close();
  });
});
