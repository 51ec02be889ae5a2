/** Every format's small folder gives the questions, answers, splits, licence and images that went into it. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openDataset } from '../../../src/main/datasets/open-dataset.ts';
import { datasetsFolder, expected, readAll } from '../expected-datasets.ts';

const folderOf = (name: string): string => join(datasetsFolder, name);
const samplesOf = async (path: string) => (await readAll(path)).map(({ sample }) => sample);
const m3cotRows = ['train', 'validation', 'test'].flatMap((split) =>
  (expected.m3cot[split] ?? []).map((row) => ({ split, row })),
);

describe.each([
  ['m3cot-parquet', 'm3cot-hub', 'm3cot-hub'],
  ['m3cot-jsonl', 'm3cot-original', 'm3cot-original'],
  ['m3cot-jsonl', 'm3cot-original/data', 'm3cot-original, its data folder'],
] as const)('%s', (format, folder, title) => {
  test(`${title}: every field, answer and image`, async () => {
    const found = await readAll(folderOf(folder));
    expect(
      found.map(({ sample, imageSha256 }) => ({ ...sample, image: sample.image?.kind, imageSha256 })),
    ).toStrictEqual(
      m3cotRows.map(({ split, row }) => ({
        sampleId: row.id,
        split,
        question: row.question,
        choices: row.choices,
        answerIndex: 'ABCDE'.indexOf(row.answer),
        context: row.context,
        rationale: row.rationale,
        domain: row.domain,
        topic: row.topic,
        category: row.category,
        attributes: { image_id: row.image_id },
        image: format === 'm3cot-parquet' ? 'parquet' : 'file',
        imageSha256: row.imageSha256,
      })),
    );
  });

  test(`${title}: summary`, async () => {
    const dataset = await openDataset(folderOf(folder));
    const summary = await dataset.summary();
    await dataset.close();
    expect(summary).toMatchObject({
      format,
      rowCount: 13,
      rowsWithoutImage: 0,
      byDomain: { science: 7, commonsense: 3, mathematics: 3 },
      problemCount: 0,
    });
    expect(Object.entries(summary.splits).map(([name, { rowCount }]) => [name, rowCount])).toStrictEqual([
      ['train', 4],
      ['validation', 3],
      ['test', 6],
    ]);
    expect(summary.byTopic['commonsense/physical-commonsense']).toBe(3);
    expect(summary.licence).toMatch(/cc.by.sa.4\.0 \(.+\)/i);
  });
});

test('a split can be asked for in any of its spellings; an absent one yields nothing', async () => {
  const ids = async (split: string) =>
    (await readAll(folderOf('m3cot-original'), { split })).map(({ sample }) => sample.sampleId);
  expect(await ids('dev')).toStrictEqual(['item-4', 'item-5', 'item-6']);
  expect(await ids('validation')).toStrictEqual(['item-4', 'item-5', 'item-6']);
  expect(await ids('other')).toStrictEqual([]);
});

test('a single file is a dataset of its own, images included', async () => {
  const jsonl = await readAll(folderOf('m3cot-original/data/dev.jsonl'));
  const parquet = await readAll(folderOf('m3cot-hub/data/validation-00000-of-00001.parquet'));
  const hashes = expected.m3cot.validation?.map(({ imageSha256 }) => imageSha256);
  expect(jsonl.map(({ imageSha256 }) => imageSha256)).toStrictEqual(hashes);
  expect(parquet.map(({ imageSha256 }) => imageSha256)).toStrictEqual(hashes);
});

describe('ScienceQA', () => {
  const normalised: Record<string, string> = { val: 'validation' };
  const rows = Object.entries(expected.scienceqa);
  const positions = new Map<string, number>();
  const hubIds = rows.map(([, { split }]) => {
    const position = positions.get(split) ?? 0;
    positions.set(split, position + 1);
    return `${normalised[split] ?? split}-${position}`;
  });

  test.each([
    ['scienceqa-original', rows.map(([pid]) => pid)],
    ['scienceqa-hub', hubIds],
  ])('%s', async (folder, ids) => {
    const found = await readAll(folderOf(folder));
    expect(
      found.map(({ sample, imageSha256 }) => ({ ...sample, image: sample.image !== null, imageSha256 })),
    ).toStrictEqual(
      rows.map(([, row], index) => {
        const modality = [row.hint === '' ? '' : 'TXT', row.imageSha256 === null ? '' : 'IMG']
          .filter(Boolean)
          .join('+');
        const { grade, skill, task, lecture } = row;
        return {
          sampleId: ids[index],
          split: normalised[row.split] ?? row.split,
          question: row.question,
          choices: row.choices,
          answerIndex: row.answer,
          context: row.hint,
          rationale: row.solution,
          domain: row.subject,
          topic: row.topic,
          category: row.category,
          attributes: {
            grade,
            skill,
            task,
            ...(lecture !== '' && { lecture }),
            modality: modality === '' ? 'NO' : modality,
          },
          image: row.imageSha256 !== null,
          imageSha256: row.imageSha256,
        };
      }),
    );
  });

  test('rows without an image are counted, and the licence is the publication’s', async () => {
    const dataset = await openDataset(folderOf('scienceqa-hub'));
    const summary = await dataset.summary();
    await dataset.close();
    expect(summary.rowsWithoutImage).toBe(3);
    expect(summary.splits.test?.rowsWithoutImage).toBe(2);
    expect(summary.licence).toContain('CC BY-NC-SA 4.0');
  });
});

describe('VLMEvalKit TSV', () => {
  test('base64 images, images shared by index forwards and backwards, quoted cells', async () => {
    const found = await readAll(folderOf('vlmevalkit'));
    expect(found.map(({ imageSha256 }) => imageSha256)).toStrictEqual(expected.vlmevalkitImages);
    expect(found.map(({ sample }) => sample.choices.length)).toStrictEqual([3, 2, 3, 2, 3]);
    expect(found.map(({ sample }) => sample.answerIndex)).toStrictEqual([0, 1, 0, 1, 0]);
    expect(found[2]?.sample).toMatchObject({
      sampleId: '2',
      split: 'validation',
      context: 'Two "quoted"\nlines\twith a tab',
      domain: 'coarse',
      topic: 'fine 0',
    });
  });
});

describe('generic folders', () => {
  test('JSONL with a dataset.json: mapped columns, answers from 1, images in other case', async () => {
    const found = await readAll(folderOf('generic-jsonl'));
    expect(found.map(({ sample }) => [sample.sampleId, sample.answerIndex, sample.domain, sample.split])).toStrictEqual(
      [0, 1, 2].map((n) => [`k${n}`, n, 'alpha', 'test']),
    );
    expect(found.map(({ imageSha256 }) => imageSha256)).toStrictEqual([null, ...expected.genericImages.slice(1)]);
    expect(found[0]?.sample.choices).toStrictEqual(['x', 'y', '3']);
  });

  test('CSV by the usual names: answers as letter, text and index', async () => {
    const samples = await samplesOf(folderOf('generic-csv'));
    expect(samples.map(({ sampleId, answerIndex }) => [sampleId, answerIndex])).toStrictEqual([
      ['one', 1],
      ['two', 1],
      ['three', 0],
    ]);
    expect(samples.map(({ question }) => question)).toStrictEqual([
      'Comma, and "quotes"?',
      'Line\r\nbreak?',
      'By index?',
    ]);
    expect(samples.map(({ choices }) => choices.length)).toStrictEqual([2, 3, 3]);
  });
});
