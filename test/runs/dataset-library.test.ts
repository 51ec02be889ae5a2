/** Known datasets over a real store and real folders: opened, browsed, moved, changed, gone, forgotten. */
import { appendFileSync, cpSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createDatasetLibrary, type DatasetLibrary } from '../../src/main/runs/dataset-library.ts';
import { openStore, type Store } from '../../src/main/store/store.ts';
import { expectFailure } from '../support/expect-failure.ts';
import { greyPng, sampleIdOf, writeSmallDataset } from '../support/small-dataset.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const newFolder = temporaryFolders();
const opened: { store: Store; library: DatasetLibrary }[] = [];
afterAll(async () => {
  for (const { store, library } of opened) {
    await library.close();
    store.close();
  }
});

async function workplace(questionCount = 12) {
  const folder = await newFolder();
  const path = writeSmallDataset(join(folder, 'dataset'), { questionCount, withoutImage: [2] });
  const open = () => {
    const store = openStore(join(folder, 'store.sqlite'));
    const library = createDatasetLibrary(store);
    opened.push({ store, library });
    return { store, library };
  };
  return { folder, path, open, ...open() };
}

/** Later than the library's pause between two looks at the files. */
const untilLookedAtAgain = () => new Promise((resolve) => setTimeout(resolve, 1100));

const page = { where: [], text: '', limit: 48, offset: 0 };

describe('open, list, show, forget', () => {
  it('remembers what was opened, in another process too', async () => {
    const { path, library, open } = await workplace();
    const { datasetId, summary, movedFrom } = await library.open(path);
    expect([datasetId, movedFrom, summary.rowCount, summary.rowsWithoutImage]).toStrictEqual([
      summary.fingerprint,
      null,
      12,
      1,
    ]);
    const [known] = await open().library.list();
    expect(known).toMatchObject({
      datasetId,
      name: 'dataset',
      path,
      format: 'm3cot-jsonl',
      rowCount: 12,
      splits: [{ split: 'test', rowCount: 12 }],
      exists: true,
      runCount: 0,
    });
    expect((await library.open(path)).movedFrom).toBeNull();
  });

  it('finds a moved dataset again by its fingerprint', async () => {
    const { folder, path, library } = await workplace();
    const { datasetId } = await library.open(path);
    const moved = join(folder, 'elsewhere');
    renameSync(path, moved);
    expect((await library.list()).map(({ exists }) => exists)).toStrictEqual([false]);
    await untilLookedAtAgain();
    await expectFailure(() => library.show(datasetId), 'missing-file');
    expect(await library.open(moved)).toMatchObject({ datasetId, movedFrom: path });
    expect((await library.list()).map(({ path: at, exists }) => [at, exists])).toStrictEqual([[moved, true]]);
    expect((await library.samples({ ...page, datasetId })).total).toBe(12);
  });

  it('notices that the folder holds other questions by now', async () => {
    const { path, library } = await workplace();
    const { datasetId } = await library.open(path);
    expect((await library.show(datasetId)).summary.rowCount).toBe(12);
    const row = { id: 'new', question: 'New?', choices: ['a', 'b'], answer: 'A', context: '', rationale: '' };
    const rest = { split: 'test', image: null, domain: 'science', topic: 't', category: 'c' };
    appendFileSync(join(path, 'data', 'test.jsonl'), `${JSON.stringify({ ...row, ...rest })}\n`);
    await untilLookedAtAgain();
    const failure = await expectFailure(() => library.show(datasetId), 'run-changed');
    expect(failure.file).toBe(path);
    const other = await library.open(path);
    expect(other.datasetId).not.toBe(datasetId);
    expect((await library.samples({ ...page, datasetId: other.datasetId, text: 'new?' })).total).toBe(1);
  });

  it('forgets a dataset until it is opened again', async () => {
    const { path, library } = await workplace();
    const { datasetId } = await library.open(path);
    library.forget(datasetId);
    expect(await library.list()).toStrictEqual([]);
    await expectFailure(() => library.show(datasetId), 'not-found');
    await expectFailure(() => library.samples({ ...page, datasetId }), 'not-found');
    await expectFailure(async () => library.forget(datasetId), 'not-found');
    await library.open(path);
    expect(await library.list()).toHaveLength(1);
  });

  it('lists datasets of runs, and gives them their counts when they are shown', async () => {
    const { path, library } = await workplace();
    const { datasetId } = await library.open(path);
    const other = await newFolder();
    const fresh = openStore(join(other, 'other.sqlite'));
    const withRuns = createDatasetLibrary(fresh);
    opened.push({ store: fresh, library: withRuns });
    fresh.datasets.saveDataset({ fingerprint: datasetId, path, format: 'm3cot-jsonl', licence: null });
    fresh.datasets.saveDataset({ fingerprint: 'predictions:1', path: '/p.jsonl', format: null, licence: null });
    expect(await withRuns.list()).toMatchObject([{ datasetId, rowCount: null, openedAt: null }]);
    await withRuns.show(datasetId);
    expect(await withRuns.list()).toMatchObject([{ datasetId, rowCount: 12 }]);
  });
});

describe('samples', () => {
  it('come in pages, in the order of the dataset', async () => {
    const { path, library } = await workplace(30);
    const { datasetId } = await library.open(path);
    const { rows, total } = await library.samples({ ...page, datasetId, limit: 10, offset: 10 });
    expect(total).toBe(30);
    expect(rows.map(({ sampleId, position }) => [sampleId, position])).toStrictEqual(
      Array.from({ length: 10 }, (_, index) => [sampleIdOf(index + 10), index + 10]),
    );
    expect(rows[0]).toMatchObject({
      question: 'What is shown in picture 10?',
      choices: ['a cat', 'a dog', 'a bird', 'a fish'],
      answerIndex: 2,
      domain: 'commonsense',
      imageUrl: `dataset-image/${datasetId}/question-0010`,
    });
    const third = await library.samples({ ...page, datasetId, limit: 1, offset: 2 });
    expect(third.rows[0]?.imageUrl).toBeNull();
    expect((await library.samples({ ...page, datasetId, offset: 30 })).rows).toStrictEqual([]);
  });

  it('are filtered by sample fields; a filter by answers is refused', async () => {
    const { path, library } = await workplace(30);
    const { datasetId } = await library.open(path);
    const ids = async (where: string[], text = '') =>
      (await library.samples({ ...page, datasetId, where, text })).rows.map(({ position }) => position);
    // The small dataset's domains take turns: science, commonsense, mathematics.
    expect(await ids(['domain=science'])).toStrictEqual([0, 3, 6, 9, 12, 15, 18, 21, 24, 27]);
    expect(
      await ids(['domain=science', 'domain=mathematics', 'sample=question-0005', 'sample=question-0004']),
    ).toStrictEqual([5]);
    expect(await ids(['sample=nobody'])).toStrictEqual([]);
    expect(await ids(['split=train'])).toStrictEqual([]);
    for (const term of ['outcome=right', 'tag=x', 'time=1..']) {
      await expectFailure(() => ids([term]), 'wrong-usage');
    }
    await expectFailure(() => ids(['nonsense=1']), 'wrong-usage');
  });

  it('are found by words in question, options and context, whatever their case', async () => {
    const { path, library } = await workplace(30);
    const { datasetId } = await library.open(path);
    const found = async (text: string, where: string[] = []) =>
      (await library.samples({ ...page, datasetId, text, where })).rows.map(({ position }) => position);
    // Every fifth question has a context, which speaks of spring.
    expect(await found('SPRING')).toStrictEqual([0, 5, 10, 15, 20, 25]);
    expect(await found('spring picture 15')).toStrictEqual([15]);
    expect(await found('spring', ['domain=science'])).toStrictEqual([0, 15]);
    expect(await found('a bird')).toHaveLength(30);
    expect(await found('picture 2?')).toStrictEqual([2, 12, 22]);
    expect(await found('cat\0a')).toStrictEqual(await found('cat a'));
    expect(await found('rationale')).toStrictEqual([]);
  });

  it('of many rows are found right, across the chunks of the index', async () => {
    const { path, library } = await workplace(1);
    const lines = Array.from({ length: 12_000 }, (_, number) =>
      JSON.stringify({
        id: `q${String(number)}`,
        question: `${'Ünïcode filler '.repeat(30)} marker${String(number)}x`,
        choices: ['a', 'b'],
        answer: 'A',
        context: number % 4000 === 7 ? 'NEEDLE' : '',
        rationale: '',
        split: 'test',
        image: null,
        domain: 'd',
        topic: 't',
        category: 'c',
      }),
    );
    writeFileSync(join(path, 'data', 'test.jsonl'), `${lines.join('\n')}\n`);
    const { datasetId } = await library.open(path);
    const positions = async (text: string) =>
      (await library.samples({ ...page, datasetId, text })).rows.map(({ position }) => position);
    expect(await positions('needle')).toStrictEqual([7, 4007, 8007]);
    expect(await positions('marker11999x')).toStrictEqual([11_999]);
    expect(await positions('marker0x')).toStrictEqual([0]);
    expect((await library.samples({ ...page, datasetId, text: 'ÜNÏCODE' })).total).toBe(12_000);
  });
});

describe('images', () => {
  it('are those of opened datasets; their stamp changes with the file', async () => {
    const { path, library } = await workplace();
    const { datasetId } = await library.open(path);
    const read = (sampleId: string) =>
      library.withImage(datasetId, sampleId, async (image) => ({ stamp: image.stamp, bytes: await image.read() }));
    const first = await read(sampleIdOf(3));
    expect(Buffer.from(first.bytes).equals(greyPng(3))).toBe(true);
    expect((await read(sampleIdOf(4))).stamp).not.toBe(first.stamp);
    expect((await read(sampleIdOf(3))).stamp).toBe(first.stamp);
    cpSync(join(path, 'data', 'images', `${sampleIdOf(4)}.png`), join(path, 'data', 'images', `${sampleIdOf(3)}.png`));
    expect((await read(sampleIdOf(3))).stamp).not.toBe(first.stamp);
    rmSync(join(path, 'data', 'images', `${sampleIdOf(3)}.png`));
    await expectFailure(() => read(sampleIdOf(3)), 'missing-file');
    await expectFailure(() => read(sampleIdOf(2)), 'missing-image');
    await expectFailure(() => read('../../secret'), 'not-found');
    await expectFailure(() => library.withImage('unknown', sampleIdOf(3), async () => 0), 'not-found');
  });
});
