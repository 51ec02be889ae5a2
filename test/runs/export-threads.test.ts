/** An export whose pages are made in the readers' threads: what is written, in which order, and how it is left off. */
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeExport, type ExportRequest, type Exported } from '../../src/main/runs/export-run.ts';
import { createStoreReader, type StoreReader } from '../../src/main/runs/reader/store-reader.ts';
import { requireRun } from '../../src/main/runs/run-state.ts';
import { openConnection } from '../../src/main/store/connection.ts';
import { openStore, type Store } from '../../src/main/store/store.ts';
import { expectFailure } from '../support/expect-failure.ts';
import { fillQuestionStore } from '../support/question-store.ts';
import { readCsvRows } from '../support/read-csv.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const entry = fileURLToPath(new URL('../../src/main/runs/reader/reader-worker.ts', import.meta.url));
const newFolder = temporaryFolders();
/** Five pages. */
const questionCount = 2300;
let store: Store;
let threads: StoreReader;

beforeAll(async () => {
  store = openStore(join(await newFolder(), 'store.sqlite'));
  fillQuestionStore(store, questionCount);
  threads = createStoreReader(store, entry);
});
afterAll(async () => {
  await threads.close();
  store.close();
});

const exportTo = (
  paths: ExportRequest['paths'],
  reader: Pick<StoreReader, 'read'> = threads,
  { where = [], signal }: Readonly<{ where?: string[]; signal?: AbortSignal }> = {},
): Promise<Exported> =>
  writeExport({ store, reader, version: '0' }, requireRun(store, 'FIRST'), { paths, where, scorer: 'strict' }, signal);

/** The threads, with something done before each page is asked for. */
const whenAsked = (before: (page: number) => void): Pick<StoreReader, 'read'> => {
  let page = 0;
  return {
    read: (name, input, count, signal) => {
      if (name === 'exportPage') before(page++);
      return threads.read(name, input, count, signal);
    },
  };
};

describe('an export over threads', () => {
  it('holds every question once, in order, with its output', async () => {
    const file = join(await newFolder(), 'q.csv');
    const { files } = await exportTo({ questions: file });
    expect(files).toMatchObject([{ kind: 'questions', rowCount: questionCount }]);
    const connection = openConnection(store.path, { readOnly: true, mustExist: true, busyTimeoutMs: 1000 });
    const stored = connection.rows<[number, string, string | null]>(
      `SELECT position, sample_id, output_text FROM predictions JOIN outputs USING (prediction_row)
       JOIN samples USING (sample_row) WHERE run_row = (SELECT run_row FROM runs WHERE run_id = 'FIRST')
       ORDER BY position`,
    );
    connection.close();
    const rows = readCsvRows(readFileSync(file, 'utf8'));
    expect(rows.map((row) => [Number(row['position']), row['sample_id'], row['output_text']])).toEqual(
      stored.map(([position, sampleId, outputText]) => [position, sampleId, outputText ?? '']),
    );
  });

  it('writes the same bytes as one without threads, into every kind of file', async () => {
    const kinds = ['questions', 'categories', 'patches', 'jsonl'] as const;
    const pathsIn = (folder: string) => Object.fromEntries(kinds.map((kind) => [kind, join(folder, kind)]));
    const [beside, here] = [await newFolder(), await newFolder()];
    const where = ['domain=science'];
    await exportTo(pathsIn(beside), threads, { where });
    await exportTo(pathsIn(here), createStoreReader(store, null), { where });
    for (const kind of kinds) {
      const bytes = readFileSync(join(beside, kind));
      expect(bytes.length).toBeGreaterThan(0);
      expect(bytes.equals(readFileSync(join(here, kind))), kind).toBe(true);
    }
  });

  it('that is cancelled half-way leaves nothing behind, and the next one is whole', async () => {
    const folder = await newFolder();
    const gone = new AbortController();
    const leaving = whenAsked((page) => {
      if (page === 4) gone.abort(new Error('not wanted'));
    });
    await expect(exportTo({ questions: join(folder, 'q.csv') }, leaving, { signal: gone.signal })).rejects.toThrow(
      'not wanted',
    );
    expect(readdirSync(folder)).toEqual([]);
    const { files } = await exportTo({ questions: join(folder, 'q.csv') });
    expect(files[0]?.rowCount).toBe(questionCount);
  });

  it('asks for few pages more than are written', async () => {
    let asked = 0;
    let mostAhead = 0;
    let answered = 0;
    const reader: Pick<StoreReader, 'read'> = {
      read: (name, input, count, signal) => {
        if (name === 'exportPage') mostAhead = Math.max(mostAhead, ++asked - answered);
        return threads.read(name, input, count, signal).finally(() => {
          if (name === 'exportPage') answered += 1;
        });
      },
    };
    await exportTo({ jsonl: join(await newFolder(), 'q.jsonl') }, reader);
    expect(asked).toBe(5);
    expect(mostAhead).toBeGreaterThan(1);
    expect(mostAhead).toBeLessThanOrEqual(4);
  });

  it('onto a full disk is a typed failure without half files', async ({ skip }) => {
    const folder = await newFolder();
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'none', folder], { stdio: 'ignore' });
    } catch {
      return skip('mounting a small file system needs root');
    }
    try {
      await expectFailure(() => exportTo({ questions: join(folder, 'q.csv') }), 'disk-full');
      expect(readdirSync(folder)).toEqual([]);
    } finally {
      execFileSync('umount', ['-l', folder], { stdio: 'ignore' });
    }
    return undefined;
  });
});
