/** Fingerprints, ids across splits, licences, and that opening changes nothing. */
import { cpSync, mkdirSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { licenceOfCard } from '../../src/main/datasets/licence.ts';
import { openDataset } from '../../src/main/datasets/open-dataset.ts';
import { datasetSummarySchema, sampleSchema } from '../../src/shared/sample.ts';
import { expectFailure } from '../support/expect-failure.ts';
import { temporaryFolders } from '../support/temp-folder.ts';
import { datasetsFolder } from './expected-datasets.ts';
import { m3cotRow } from './malformed/case.ts';

const newFolder = temporaryFolders();

async function summaryOf(path: string) {
  const dataset = await openDataset(path);
  try {
    return await dataset.summary();
  } finally {
    await dataset.close();
  }
}

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await newFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

describe('fingerprint', () => {
  test('is the rows’, not the folder’s, the file’s or the shard’s', async () => {
    const rows = ['a', 'b', 'c'].map((id) => m3cotRow({ id }));
    const whole = await summaryOf(await folderWith({ 'data/test.jsonl': rows.join('') }));
    const shards = await summaryOf(
      await folderWith({ 'test-0.jsonl': rows.slice(0, 1).join(''), 'test-1.jsonl': rows.slice(1).join('') }),
    );
    expect(whole.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(shards.fingerprint).toBe(whole.fingerprint);
  });

  test.each([
    ['question', { question: 'Q!' }],
    ['choice', { choices: ['x', 'y', 'w'] }],
    ['order of choices', { choices: ['y', 'x', 'z'] }],
    ['answer', { answer: 'A' }],
    ['domain', { domain: 'other' }],
    ['topic', { topic: 'other' }],
    ['category', { category: 'other' }],
    ['context', { context: 'more' }],
    ['id', { id: 'b' }],
    ['image', { image: 'images/x.png' }],
  ])('changes with a row’s %s', async (_, fields) => {
    const before = await summaryOf(await folderWith({ 'test.jsonl': m3cotRow() }));
    const after = await summaryOf(await folderWith({ 'test.jsonl': m3cotRow(fields) }));
    expect(after.fingerprint).not.toBe(before.fingerprint);
  });

  test('changes with the rows’ order and split', async () => {
    const [a, b] = [m3cotRow({ id: 'a' }), m3cotRow({ id: 'b' })];
    const fingerprints = new Set<string>();
    for (const files of [{ 'test.jsonl': a + b }, { 'test.jsonl': b + a }, { 'train.jsonl': a + b }]) {
      fingerprints.add((await summaryOf(await folderWith(files))).fingerprint);
    }
    expect(fingerprints.size).toBe(3);
  });
});

test('the same id in two splits is two questions; the later one carries its split', async () => {
  const folder = await folderWith({ 'train.jsonl': m3cotRow(), 'test.jsonl': m3cotRow() + m3cotRow() });
  const dataset = await openDataset(folder);
  const ids = [];
  for await (const { sampleId } of dataset.samples({ split: 'test' })) ids.push(sampleId);
  expect(ids).toStrictEqual(['test/a']);
  expect((await dataset.problems()).map(({ failure }) => failure.kind)).toStrictEqual([
    'missing-image',
    'duplicate-id',
  ]);
  await dataset.close();
});

describe('licence', () => {
  test.each([
    ['---\nlicense: cc-by-4.0\n---\n', 'cc-by-4.0'],
    ['---\r\nlicense: "mit" # really\r\n---\r\n', 'mit'],
    ['---\nlicense:\n- cc-by-sa-4.0\n- mit\ntags: x\n---\n', 'cc-by-sa-4.0, mit'],
    ['---\nlicense: [mit, apache-2.0]\n---\n', 'mit, apache-2.0'],
    ['---\ntags: x\n---\nlicense: no\n', null],
    ['# A card\nlicense: no\n', null],
  ])('%j', (card, licence) => {
    expect(licenceOfCard(card)).toBe(licence);
  });

  test('a card goes before a LICENSE file, that before what the format states', async () => {
    const rows = { 'test.jsonl': m3cotRow() };
    const file = { ...rows, LICENSE: '\n  # My Licence #\nmore' };
    const card = { ...file, 'README.md': '---\nlicense: mit\n---\n' };
    const licences = [];
    for (const files of [rows, file, card]) licences.push((await summaryOf(await folderWith(files))).licence);
    expect(licences).toStrictEqual([
      'CC BY-SA 4.0 (as M3CoT’s dataset card states)',
      'My Licence (LICENSE)',
      'mit (dataset card, README.md)',
    ]);
  });
});

test('rows and summaries keep to the shared schemas', async () => {
  for (const name of [
    'm3cot-hub',
    'm3cot-original',
    'scienceqa-original',
    'scienceqa-hub',
    'vlmevalkit',
    'generic-csv',
  ]) {
    const dataset = await openDataset(join(datasetsFolder, name));
    expect(datasetSummarySchema.parse(await dataset.summary()).path).toBe(join(datasetsFolder, name));
    for await (const sample of dataset.samples()) expect(sampleSchema.parse(sample)).toStrictEqual(sample);
    await dataset.close();
  }
});

test('a dataset is never changed by opening it', async () => {
  const folder = join(await newFolder(), 'set');
  cpSync(join(datasetsFolder, 'm3cot-original'), folder, { recursive: true });
  const state = () =>
    readdirSync(folder, { recursive: true })
      .map(
        (name) =>
          `${String(name)} ${statSync(join(folder, String(name))).mtimeMs} ${statSync(join(folder, String(name))).size}`,
      )
      .sort();
  const before = state();
  const dataset = await openDataset(folder);
  await dataset.summary();
  for await (const sample of dataset.samples()) if (sample.image !== null) await dataset.readImage(sample.image);
  await dataset.close();
  expect(state()).toStrictEqual(before);
});

test('reading can be cancelled; a summary that failed can be asked for again', async () => {
  const cancel = new AbortController();
  const dataset = await openDataset(join(datasetsFolder, 'm3cot-hub'), { signal: cancel.signal });
  cancel.abort();
  await expectFailure(() => dataset.summary(), 'cancelled');
  await dataset.close();

  const folder = await folderWith({ 'test.jsonl': m3cotRow() });
  const other = await openDataset(folder);
  renameSync(join(folder, 'test.jsonl'), join(folder, 'gone'));
  expect((await other.summary()).problems[0]?.failure.kind).toBe('missing-file');
  await other.close();
});
