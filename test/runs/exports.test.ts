/** Exports of a run over the fake engine, read back by a strict CSV reader. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDataset } from '../../src/main/datasets/open-dataset.ts';
import type { RunService } from '../../src/main/runs/run-service.ts';
import type { Store } from '../../src/main/store/store.ts';
import { slotBox, type Trace } from '../../src/shared/trace.ts';
import { expectFailure } from '../support/expect-failure.ts';
import { readCsvRows } from '../support/read-csv.ts';
import { readZip } from '../support/read-zip.ts';
import { createWorkplace, follow, type Workplace } from '../support/run-workplace.ts';
import { sampleIdOf } from '../support/small-dataset.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const newFolder = temporaryFolders();
let place: Workplace;
let runs: RunService;
let store: Store;
let runId: string;

beforeAll(async () => {
  place = createWorkplace(await newFolder(), { questionCount: 12, missingImage: [2] });
  ({ runs, store } = place.open());
  ({ runId } = await runs.start(place.request({ settings: { patchesPerStep: 5 } })));
  await follow(runs, runId);
});

afterAll(() => place.closeAll());

const rowsOf = (file: string): Record<string, string>[] => readCsvRows(readFileSync(file, 'utf8'));
async function questionsOf(run: string): Promise<string> {
  const file = join(await newFolder(), 'q.csv');
  await runs.exportRun({ runId: run, questions: file, where: [] });
  return file;
}
const headerOf = (file: string): string[] => (readFileSync(file, 'utf8').split('\r\n')[0] ?? '').split(',');

describe('exports', () => {
  it('questions.csv has one row for each question with everything about it', async () => {
    const file = join(await newFolder(), 'questions.csv');
    const { files } = await runs.exportRun({ runId, questions: file, where: [] });
    expect(files).toMatchObject([{ kind: 'questions', path: file, rowCount: 12 }]);
    const rows = rowsOf(file);
    expect(rows).toHaveLength(12);
    const { prediction, sample, readings } = await runs.getQuestion({ runId, sampleId: sampleIdOf(5), where: [] });
    const strict = readings.find(({ scorer }) => scorer === 'strict');
    if (prediction.status === 'failed') return expect.fail('the question was answered');
    expect(rows[5]).toMatchObject({
      sample_id: sampleIdOf(5),
      position: '5',
      split: 'test',
      domain: sample.domain,
      question: sample.question,
      choices: JSON.stringify(sample.choices),
      gold: 'B',
      scorer: 'strict',
      predicted: 'ABCD'[strict?.choiceIndex ?? -1],
      outcome: strict?.correct === true ? 'right' : 'wrong',
      output_text: prediction.answer.outputText,
      ar_steps: '10',
      latent_steps: '3',
      total_ms: '14',
      m3cot_correct: String(readings.find(({ scorer }) => scorer === 'm3cot')?.correct),
      step_0_vision_mass: '0.5',
      step_2_vision_focus: String(prediction.answer.trace?.steps[2]?.visionFocus),
    });
    return expect(rows[2]).toMatchObject({
      outcome: 'failed',
      predicted: '',
      failure_kind: 'missing-image',
      total_ms: '',
      strict_answer: '',
      step_0_vision_mass: '',
    });
  });

  it('patches.csv has one row for each question, step and patch, in pixels of the picture', async () => {
    const file = join(await newFolder(), 'patches.csv');
    await runs.exportRun({ runId, patches: file, where: [] });
    expect(headerOf(file).join(', ')).toBe(
      'sample_id, step, rank, slot, grid_row, grid_column, x, y, width, height, score',
    );
    const rows = rowsOf(file);
    expect(rows).toHaveLength(11 * 3 * 5);
    const { prediction } = await runs.getQuestion({ runId, sampleId: sampleIdOf(7), where: [] });
    const trace = prediction.status === 'answered' ? prediction.answer.trace : null;
    const image = trace?.image ?? null;
    if (trace === null || image === null) return expect.fail('the question has a trace');
    const expected = trace.steps.flatMap((step) =>
      step.selectedSlots.map((slot, index) => ({ step, slot, index, box: slotBox(image, slot) })),
    );
    const mine = rows.filter((row) => row['sample_id'] === sampleIdOf(7));
    return expect(mine).toEqual(
      expected.map(({ step, slot, index, box }) => ({
        sample_id: sampleIdOf(7),
        step: String(step.stepIndex),
        rank: String(step.ranks[index]),
        slot: String(slot),
        grid_row: String(Math.floor(slot / 10)),
        grid_column: String(slot % 10),
        x: String(box.x),
        y: String(box.y),
        width: '64',
        height: '48',
        score: String(step.scores[index]),
      })),
    );
  });

  it('categories.csv has the tree with intervals, and agrees with the run', async () => {
    const file = join(await newFolder(), 'categories.csv');
    await runs.exportRun({ runId, categories: file, where: [] });
    const { run, categories } = await runs.show({ runId });
    const rows = rowsOf(file);
    expect(rows).toHaveLength(categories.length);
    expect(rows[0]).toMatchObject({
      level: 'all',
      n: '12',
      correct: String(run.correct),
      failed: '1',
      scorer: 'strict',
    });
    const science = rows.find(({ level, domain }) => level === 'domain' && domain === 'science');
    expect(science).toMatchObject({ n: '4', correct: String(run.byDomain['science']?.correct) });
    expect(Number(science?.['accuracy_low'])).toBeLessThan(Number(science?.['accuracy_high']));
  });

  it('JSONL is in M3CoT’s shape', async () => {
    const file = join(await newFolder(), 'predictions.jsonl');
    await runs.exportRun({ runId, jsonl: file, where: [] });
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(12);
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({
      id: sampleIdOf(1),
      choices: ['a cat', 'a dog', 'a bird', 'a fish'],
      answer: 'B',
      domain: 'commonsense',
      topic: 'social-commonsense',
      messages: [expect.stringContaining('picture 1'), expect.stringContaining('the answer is')],
    });
  });

  it('of a method in words have its calls, insertions, regions and remarks', async () => {
    const { runId: words } = await runs.start(place.request({ settings: { method: 'cot' }, label: 'words' }));
    await follow(runs, words);
    const folder = await newFolder();
    const file = (name: string): string => join(folder, name);
    await runs.exportRun({
      runId: words,
      questions: file('q.csv'),
      regions: file('r.csv'),
      patches: file('p.csv'),
      jsonl: file('j.jsonl'),
      where: [],
    });
    const rows = rowsOf(file('q.csv'));
    const regions = rowsOf(file('r.csv'));
    const lines = readFileSync(file('j.jsonl'), 'utf8').trimEnd().split('\n');
    for (const [index, line] of lines.entries()) {
      const { prediction } = await runs.getQuestion({ runId: words, sampleId: sampleIdOf(index), where: [] });
      const trace = prediction.status === 'answered' ? prediction.answer.trace : null;
      const { calls, regions: seen, remarks } = JSON.parse(line) as Partial<Trace>;
      expect({ calls, seen, remarks }).toEqual({ calls: trace?.calls, seen: trace?.regions, remarks: trace?.remarks });
      expect(rows[index]).toMatchObject({
        calls: trace === null ? '' : '2',
        insertions: trace === null ? '' : '0',
        latent_steps: trace === null ? '' : '0',
        regions: String(trace?.regions.length ?? ''),
        remarks: trace?.remarks.map(({ kind }) => kind).join(';') ?? '',
      });
      const own = regions.filter(({ sample_id: id }) => id === sampleIdOf(index));
      expect(own.map(({ image }) => image)).toEqual(trace?.regions.map(({ imageIndex }) => String(imageIndex)) ?? []);
    }
    const withRemark = (kind: string) => rows.filter(({ remarks }) => remarks?.split(';').includes(kind)).length;
    expect(new Map((await runs.show({ runId: words })).run.remarks?.map(({ kind, count }) => [kind, count]))).toEqual(
      new Map([
        ['token-limit', withRemark('token-limit')],
        ['box-outside-image', withRemark('box-outside-image')],
      ]),
    );
    expect((await runs.show({ runId })).run.remarks).toBeUndefined();
    expect(rows.some(({ remarks }) => remarks === 'box-outside-image;token-limit;box-outside-image')).toBe(true);
    expect(regions[0]).toMatchObject({
      region: '0',
      call: '1',
      asked_x: '10.5',
      // A negative number is no formula.
      asked_y: '-3',
      asked_width: '20',
      asked_height: '30',
      shown_x: '5.5',
      shown_y: '0',
      shown_width: '30',
      shown_height: '37.25',
    });
    expect(rowsOf(file('p.csv'))).toEqual([]);
    const { runId: icot } = await runs.start(place.request({ settings: { method: 'icot', patchesPerStep: 4 } }));
    await follow(runs, icot);
    expect(rowsOf(await questionsOf(icot))[5]).toMatchObject({ calls: '2', insertions: '3', latent_steps: '0' });
    const latent = rowsOf(await questionsOf(runId));
    expect(latent[5]).toMatchObject({ calls: '0', insertions: '0', regions: '0', remarks: '', latent_steps: '3' });
  });

  it('honours the filter in every file', async () => {
    const folder = await newFolder();
    const file = (name: string): string => join(folder, name);
    const { files, manifest } = await runs.exportRun({
      runId,
      questions: file('q.csv'),
      categories: file('c.csv'),
      patches: file('p.csv'),
      jsonl: file('j.jsonl'),
      where: ['domain=science', 'domain=mathematics', 'outcome=right', 'outcome=wrong'],
    });
    const { total } = await runs.listQuestions({
      runId,
      where: ['domain=science', 'domain=mathematics', 'outcome=right', 'outcome=wrong'],
      limit: 1,
      offset: 0,
    });
    expect(files.map(({ kind, rowCount }) => [kind, rowCount])).toEqual([
      ['questions', total],
      ['categories', rowsOf(file('c.csv')).length],
      ['patches', total * 15],
      ['jsonl', total],
    ]);
    expect(rowsOf(file('q.csv')).every(({ domain }) => domain !== 'commonsense')).toBe(true);
    expect(rowsOf(file('c.csv'))[0]).toMatchObject({ n: String(total), failed: '0' });
    expect(manifest['filter']).toEqual(['domain=science', 'domain=mathematics', 'outcome=right', 'outcome=wrong']);
  });

  it('lays a manifest beside each file, with hashes, settings and the command that repeats the run', async () => {
    const folder = await newFolder();
    const questions = join(folder, 'q.csv');
    const jsonl = join(folder, 'j.jsonl');
    const { manifest } = await runs.exportRun({ runId, questions, jsonl, where: [], scorer: 'm3cot' });
    const written: unknown = JSON.parse(readFileSync(`${questions}.manifest.json`, 'utf8'));
    expect(written).toEqual(JSON.parse(readFileSync(`${jsonl}.manifest.json`, 'utf8')));
    expect(written).toEqual(JSON.parse(JSON.stringify(manifest)));
    const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');
    const { run } = await runs.show({ runId });
    expect(written).toMatchObject({
      program: { name: 'penumbra', version: '0.0.0-test' },
      run: { runId, configurationHash: run.configurationHash },
      dataset: { path: place.dataset, fingerprint: run.datasetFingerprint, licence: run.licence, split: 'test' },
      model: { path: place.model, fingerprint: run.modelFingerprint, precision: 'f32' },
      settings: run.settings,
      device: 'cpu',
      scorer: { name: 'm3cot', version: 1 },
      filter: [],
      files: [
        { kind: 'questions', path: questions, rowCount: 12, sha256: sha256(questions) },
        { kind: 'jsonl', path: jsonl, rowCount: 12, sha256: sha256(jsonl) },
      ],
    });
    const command = String(manifest['command']);
    expect(command).toContain(`penumbra eval --dataset ${place.dataset} --model ${place.model} --split test`);
    expect(command).toContain('--method ivt-lr --latent-steps 3 --patches 5');
  });

  it('replaces a file only once the new one is complete, and leaves no temporary files', async () => {
    const folder = await newFolder();
    const file = join(folder, 'q.csv');
    writeFileSync(file, 'old');
    await runs.exportRun({ runId, questions: file, where: [] });
    expect(rowsOf(file)).toHaveLength(12);
    expect(readdirSync(folder).sort()).toEqual(['q.csv', 'q.csv.manifest.json']);
  });

  it('refuses what it cannot write, and then writes nothing', async () => {
    const folder = await newFolder();
    mkdirSync(join(folder, 'taken'));
    const good = join(folder, 'good.csv');
    const refuse = (rest: object, kind: Parameters<typeof expectFailure>[1]) =>
      expectFailure(() => runs.exportRun({ runId, questions: good, where: [], ...rest }), kind);
    await refuse({ jsonl: join(folder, 'taken') }, 'wrong-usage');
    await refuse({ jsonl: `${good}.manifest.json` }, 'wrong-usage');
    await refuse({ jsonl: place.storePath }, 'wrong-usage');
    await refuse({ jsonl: join(place.dataset, 'new.jsonl') }, 'wrong-usage');
    await refuse({ jsonl: join(place.model, 'bundle.json') }, 'wrong-usage');
    await refuse({ jsonl: good }, 'wrong-usage');
    await refuse({ where: ['x'] }, 'wrong-usage');
    await refuse({ patches: '/proc/no.csv' }, process.platform === 'linux' ? 'missing-file' : 'permission-denied');
    expect(readdirSync(folder)).toEqual(['taken']);
  });

  it('never replaces the store, its log, or what the run was made of', async () => {
    const folder = await newFolder();
    const link = join(folder, 'link.csv');
    symlinkSync(place.storePath, link);
    for (const target of [place.storePath, `${place.storePath}-wal`, `${place.storePath}-shm`, link]) {
      const failure = await expectFailure(() => runs.exportRun({ runId, questions: target, where: [] }), 'wrong-usage');
      expect(failure).toMatchObject({ file: target, found: 'the store', action: 'Name another file.' });
      await expectFailure(() => runs.pack({ runId, file: target }), 'wrong-usage');
    }
    for (const name of readdirSync(place.dataset)) {
      await expectFailure(() => runs.pack({ runId, file: join(place.dataset, name) }), 'wrong-usage');
    }
    expect(store.checkIntegrity()).toBe('ok');
    expect((await runs.show({ runId })).run.runId).toBe(runId);
  });

  it('makes missing folders, as packs do', async () => {
    const folder = await newFolder();
    await runs.exportRun({ runId, questions: join(folder, 'a', 'b', 'q.csv'), where: [] });
    await runs.pack({ runId, file: join(folder, 'c', 'd', 'run.penumbra') });
    expect(readdirSync(join(folder, 'a', 'b'))).toEqual(['q.csv', 'q.csv.manifest.json']);
    expect(readdirSync(join(folder, 'c', 'd'))).toEqual(['run.penumbra']);
  });

  it('a full disk is a typed failure without half files', async ({ skip }) => {
    const folder = await newFolder();
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8k', 'none', folder], { stdio: 'ignore' });
    } catch {
      return skip('mounting a small file system needs root');
    }
    try {
      await expectFailure(
        () => runs.exportRun({ runId, questions: join(folder, 'q.csv'), patches: join(folder, 'p.csv'), where: [] }),
        'disk-full',
      );
      expect(readdirSync(folder)).toEqual([]);
    } finally {
      execFileSync('umount', ['-l', folder], { stdio: 'ignore' });
    }
    return undefined;
  });

  describe('are no datasets', () => {
    const exportTo = async (folder: string): Promise<string> => {
      const questions = join(folder, 'q.csv');
      await runs.exportRun({ runId, questions, jsonl: join(folder, 'j.jsonl'), where: [] });
      return questions;
    };
    const refused = async (path: string) => expectFailure(() => openDataset(path), 'unknown-format');

    it('by the manifest beside them, which says where the dataset is', async () => {
      const folder = await newFolder();
      const questions = await exportTo(folder);
      const { label } = (await runs.show({ runId })).run;
      for (const path of [folder, questions, join(folder, 'j.jsonl')]) {
        const failure = await refused(path);
        expect(failure.message).toContain('as Penumbra exported them');
        expect(failure.found).toContain(label);
        expect(failure.action).toContain(place.dataset);
      }
    });

    it('by their columns, where the manifest was left behind', async () => {
      const folder = await newFolder();
      await exportTo(await newFolder()).then((file) => copyFileSync(file, join(folder, 'mine.csv')));
      expect(await refused(folder)).toMatchObject({ place: 'mine.csv', found: 'an export of a run' });
    });

    it('as they come out of a download’s zip', async () => {
      const folder = await newFolder();
      const { write } = runs.planDownload({ kind: 'questions', runIds: [runId], where: [], withManifest: true });
      const zip = join(folder, 'download.zip');
      await write(zip, new AbortController().signal);
      const unpacked = join(folder, 'unpacked');
      mkdirSync(unpacked);
      for (const [name, text] of Object.entries(readZip(readFileSync(zip)))) writeFileSync(join(unpacked, name), text);
      expect((await refused(unpacked)).action).toContain(place.dataset);
    });

    it('and are passed over beside one', async () => {
      const folder = await newFolder();
      await exportTo(folder);
      writeFileSync(join(folder, 'own.csv'), 'id,question,A,B,answer\na,Q?,x,y,A\n');
      const dataset = await openDataset(folder);
      const { rowCount, problems } = await dataset.summary();
      await dataset.close();
      expect(rowCount).toBe(1);
      expect(problems).toMatchObject([{ file: 'own.csv', row: null, failure: { kind: 'missing-image' } }]);
    });
  });

  it('compares runs on the questions that both answered', async () => {
    const other = await runs.start(place.request({ where: ['domain=science', 'domain=commonsense'] }));
    await follow(runs, other.runId);
    const comparison = await runs.compare({ runIdA: runId, runIdB: other.runId });
    expect(comparison).toMatchObject({ scorer: 'strict', onlyInA: 3, onlyInB: 0 });
    expect(comparison.nodes[0]).toMatchObject({
      path: [],
      questionCount: 8,
      rightToWrong: 0,
      wrongToRight: 0,
      pValue: 1,
    });
    expect(store.checkIntegrity()).toBe('ok');
    expect(existsSync(place.storePath)).toBe(true);
  });
});
