/** Exports as a face gets them: prepared through the API, fetched over HTTP, held against the store by plain SQL. */
import { createHash } from 'node:crypto';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCore, type Core } from '../../src/main/core/core.ts';
import { startWebServer, type WebServer } from '../../src/main/web/web-server.ts';
import type { Task } from '../../src/shared/task.ts';
import { readCsvRows } from '../support/read-csv.ts';
import { readZip } from '../support/read-zip.ts';
import { createWorkplace, fakeEngineHost, follow } from '../support/run-workplace.ts';
import { sampleIdOf } from '../support/small-dataset.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const newFolder = temporaryFolders();
let folder: string;
let core: Core;
let server: WebServer;
let database: Database.Database;
let cookie = '';
let runId = '';
let otherRunId = '';

type Answer = Readonly<{ status: number; headers: IncomingHttpHeaders; body: Buffer }>;

function ask(path: string, headers: OutgoingHttpHeaders = { cookie }, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port: server.port, path, method, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) }),
      );
    });
    request.on('error', reject);
    request.end();
  });
}

beforeAll(async () => {
  folder = await newFolder();
  const place = createWorkplace(folder, { questionCount: 12, missingImage: [2] });
  const { runs } = place.open();
  const label = 'N/3: „Grüße“ <b>';
  ({ runId } = await runs.start(place.request({ label, settings: { patchesPerStep: 5 } })));
  await follow(runs, runId);
  ({ runId: otherRunId } = await runs.start(place.request({ label: 'other', settings: { latentSteps: 2 } })));
  await follow(runs, otherRunId);
  await place.closeAll();
  const pageFolder = join(folder, 'page');
  mkdirSync(pageFolder);
  writeFileSync(join(pageFolder, 'index.html'), '<p></p>');
  core = createCore({ storePath: place.storePath, engineHost: fakeEngineHost({}) });
  server = await startWebServer({ core, port: 0, pageFolder });
  const token = new URL(server.address).searchParams.get('token') ?? '';
  cookie = (await ask(`/?token=${token}`, {})).headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  database = new Database(place.storePath, { readonly: true });
});
afterAll(async () => {
  database.close();
  await server.close();
  await core.close();
});

type PrepareInput = Parameters<Core['client']['exports']['prepare']>[0];
async function fetchExport(input: Omit<PrepareInput, 'runIds'> & { runIds?: string[] }) {
  const prepared = await core.client.exports.prepare({ runIds: [runId], ...input });
  const answer = await ask(`/${prepared.url}`);
  expect(answer.status).toBe(200);
  expect(answer.headers['content-length']).toBe(String(prepared.sizeBytes));
  expect(answer.body.length).toBe(prepared.sizeBytes);
  expect(answer.headers['cache-control']).toBe('no-store');
  return { prepared, answer };
}

const count = (sql: string, ...values: unknown[]): number =>
  (database.prepare(sql).get(...values) as { count: number }).count;
const runRow = (id: string): number =>
  (database.prepare('SELECT run_row FROM runs WHERE run_id = ?').get(id) as { run_row: number }).run_row;

describe('an export', () => {
  it('of questions holds what the store holds', async () => {
    const { prepared, answer } = await fetchExport({ kind: 'questions' });
    const rows = readCsvRows(answer.body.toString('utf8'));
    const stored = database
      .prepare(
        `SELECT sample_id, output_text, outcome FROM predictions JOIN samples USING (sample_row)
         JOIN outputs USING (prediction_row) JOIN scores USING (run_row, position)
         WHERE run_row = ? AND scores.scorer = 'strict' ORDER BY position`,
      )
      .all(runRow(runId)) as { sample_id: string; output_text: string | null; outcome: number }[];
    expect(prepared.rowCount).toBe(12);
    expect(rows.map(({ sample_id: id, output_text: text, outcome }) => [id, text, outcome])).toEqual(
      stored.map(({ sample_id: id, output_text: text, outcome }) => [
        id,
        text ?? '',
        ['right', 'wrong', 'unparsed', 'failed'][outcome],
      ]),
    );
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8');
  });

  it('of patches and predictions takes the filter', async () => {
    const where = ['domain=science'];
    const { prepared, answer } = await fetchExport({ kind: 'patches', where });
    const science = count(
      `SELECT count(*) AS count FROM latent_steps JOIN predictions USING (prediction_row) JOIN samples USING (sample_row)
       JOIN strata USING (stratum_row) WHERE run_row = ? AND domain = 'science'`,
      runRow(runId),
    );
    expect(science).toBeGreaterThan(0);
    expect(prepared.rowCount).toBe(science * 5);
    expect(readCsvRows(answer.body.toString('utf8'))).toHaveLength(science * 5);
    const jsonl = await fetchExport({ kind: 'jsonl', where });
    const ids = jsonl.answer.body
      .toString('utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { id: string }).id);
    expect(ids).toEqual([0, 3, 6, 9].map(sampleIdOf));
    expect(jsonl.prepared.fileName).toMatch(/\.jsonl$/);
  });

  it('of comparisons, methods and attention is a table over the runs', async () => {
    const runIds = [runId, otherRunId];
    const compared = readCsvRows((await fetchExport({ kind: 'comparison', runIds })).answer.body.toString('utf8'));
    const shared = count(
      `SELECT count(*) AS count FROM predictions AS a JOIN predictions AS b USING (sample_row)
       WHERE a.run_row = ? AND b.run_row = ? AND a.answered = 1 AND b.answered = 1`,
      runRow(runId),
      runRow(otherRunId),
    );
    expect(compared[0]).toMatchObject({ level: 'all', n: String(shared), run_a: runId, run_b: otherRunId });
    const methods = await fetchExport({ kind: 'methods', runIds });
    const table = readCsvRows(methods.answer.body.toString('utf8'));
    expect(table.map(({ run_id: id }) => id)).toEqual(runIds);
    expect(methods.prepared.rowCount).toBe(2);
    const differences = await fetchExport({ kind: 'differences', runIds });
    const nodes = readCsvRows(differences.answer.body.toString('utf8'));
    expect(nodes).toHaveLength(compared.length - 1);
    for (const node of nodes) {
      const { level, domain, topic, category } = node;
      const same = compared.find(
        (each) =>
          JSON.stringify([each['level'], each['domain'], each['topic'], each['category']]) ===
          JSON.stringify([level, domain, topic, category]),
      );
      expect(node).toMatchObject({ run_id: otherRunId, n: same?.['n'], p_mcnemar_exact: same?.['p_mcnemar_exact'] });
      expect(node['p_holm']).toBe(same?.['p_holm']);
    }
    const attention = await fetchExport({ kind: 'attention', runIds });
    const steps = readCsvRows(attention.answer.body.toString('utf8'));
    expect(steps).toHaveLength(attention.prepared.rowCount);
    const all = steps.filter(({ run_id: id, answers }) => id === runId && answers === 'all');
    const traced = count(
      'SELECT count(*) AS count FROM predictions WHERE run_row = ? AND has_trace = 1',
      runRow(runId),
    );
    expect(all.map(({ n }) => n)).toEqual([traced, traced, traced].map(String));
  });

  it('with its manifest is a zip that others can read', async () => {
    const { prepared, answer } = await fetchExport({ kind: 'categories', withManifest: true });
    expect(answer.headers['content-type']).toBe('application/zip');
    const content = readZip(answer.body);
    const [csvName = '', manifestName] = Object.keys(content);
    expect(manifestName).toBe('manifest.json');
    expect(csvName).toBe(prepared.fileName.replace(/zip$/, 'csv'));
    const manifest: unknown = JSON.parse(content['manifest.json'] ?? '');
    expect(manifest).toMatchObject({
      run: { runId },
      files: [
        {
          name: csvName,
          rowCount: prepared.rowCount,
          sha256: createHash('sha256')
            .update(content[csvName] ?? '')
            .digest('hex'),
        },
      ],
    });
    expect(content['manifest.json']).not.toContain('penumbra-downloads');
    expect(readCsvRows(content[csvName] ?? '')).toHaveLength(prepared.rowCount);
  });

  it('of the wrong runs or with a filter that cannot hold is refused', async () => {
    const refused = async (input: PrepareInput) =>
      expect(core.client.exports.prepare(input)).rejects.toMatchObject({ data: { kind: 'wrong-usage' } });
    await refused({ kind: 'questions', runIds: [runId, otherRunId] });
    await refused({ kind: 'comparison', runIds: [runId] });
    await refused({ kind: 'methods', runIds: [runId], where: ['domain=science'] });
    await refused({ kind: 'questions', runIds: [runId], where: ['nonsense=1'] });
    await expect(core.client.exports.prepare({ kind: 'jsonl', runIds: ['none'] })).rejects.toMatchObject({
      data: { kind: 'not-found' },
    });
  });
});

describe('a download over HTTP', () => {
  it('has the name that people gave the run, made safe', async () => {
    const { prepared, answer } = await fetchExport({ kind: 'questions' });
    expect(prepared.fileName).toBe('N-3- -Grüße- -b questions.csv');
    const disposition = answer.headers['content-disposition'] ?? '';
    expect(disposition).toBe(
      `attachment; filename="N-3- -Gr__e- -b questions.csv"; filename*=UTF-8''N-3-%20-Gr%C3%BC%C3%9Fe-%20-b%20questions.csv`,
    );
    const head = await ask(`/${prepared.url}`, { cookie }, 'HEAD');
    expect(head.headers['content-length']).toBe(String(prepared.sizeBytes));
    expect(head.body).toHaveLength(0);
  });

  it('is nobody else’s, and nothing is at other ids', async () => {
    const { prepared } = await fetchExport({ kind: 'questions' });
    expect((await ask(`/${prepared.url}`, {})).status).toBe(401);
    for (const hostile of [
      '/download/',
      '/download/x',
      `/${prepared.url}x`,
      `/${prepared.url}/`,
      `/${prepared.url}/..`,
      '/download/..%2f..%2fetc%2fpasswd',
      '/download/%2e%2e/%2e%2e/etc/passwd',
      '/download/__proto__',
      '/download/constructor',
      '/download/%00',
      '/download/%E0%A4%A',
      `/download/${'a'.repeat(5000)}`,
    ]) {
      expect((await ask(hostile)).status, hostile).toBe(404);
    }
  });
});

describe('a packed run', () => {
  it('is a task whose result is a download that opens elsewhere', async () => {
    const started = await core.client.runs.startPack({ runId });
    expect(started).toMatchObject({ kind: 'pack', status: 'running' });
    let task: Task | undefined = started;
    while (task?.status === 'running') {
      await wait(20);
      task = (await core.client.tasks.list()).tasks.find(({ taskId }) => taskId === started.taskId);
    }
    expect(task).toMatchObject({ status: 'done', failure: null, unit: 'questions', done: 12, total: 12 });
    expect(task?.result?.summary).toContain('1 images could not be read');
    const answer = await ask(`/download/${task?.result?.downloadId ?? ''}`);
    expect(answer.headers['content-disposition']).toContain('.penumbra"');
    const file = join(folder, 'packed.penumbra');
    writeFileSync(file, answer.body);
    const elsewhere = createCore({ storePath: join(folder, 'elsewhere.sqlite') });
    expect(await elsewhere.client.runs.unpack({ file })).toMatchObject({ runId, total: 12 });
    await elsewhere.close();
    rmSync(file);
  });
});

describe('a core that closes', () => {
  it('takes its downloads along', async () => {
    const other = createCore({ storePath: join(folder, 'store.sqlite'), engineHost: fakeEngineHost({}) });
    const { url } = await other.client.exports.prepare({ kind: 'questions', runIds: [runId] });
    const body = (await other.readResource(new URL(`http://localhost/${url}`), null))?.body;
    if (typeof body !== 'object' || !('filePath' in body)) throw new Error('a download is a file');
    expect(existsSync(body.filePath)).toBe(true);
    await other.close();
    expect(existsSync(body.filePath)).toBe(false);
    expect((await other.readResource(new URL(`http://localhost/${url}`), null))?.status).toBe(404);
  });
});
